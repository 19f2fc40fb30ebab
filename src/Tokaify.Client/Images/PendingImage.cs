namespace Tokaify;

/// <summary>An image that is being saved: a temporary file in the folder, until it gets its name.</summary>
internal sealed class PendingImage : IDisposable
{
    // Once out of its own folder, and once out of the first recovery folder.
    private const int MaximumMoves = 2;

    private readonly ImageFolder _folder;
    private readonly long _limit;
    private readonly RecoveryFolder? _recovery;
    private Stream _file;
    private string _temporaryPath;
    private Exception? _writeError;
    private int _moves;
    private bool _isKept;
    private bool _isParked;

    internal PendingImage(ImageFolder folder, FileStream file, long limit)
        : this(folder, file, file.Name, limit)
    {
    }

    /// <summary>Begins an image with its own recovery folder.</summary>
    internal PendingImage(ImageFolder folder, FileStream file, RecoveryFolder recovery)
        : this(folder, file, file.Name, long.MaxValue, recovery)
    {
    }

    /// <summary>Begins an image in any stream. If it is not a file, it cannot be saved, but its length is counted.</summary>
    internal PendingImage(ImageFolder folder, Stream file, string temporaryPath, long limit, RecoveryFolder? recovery = null)
    {
        _recovery = recovery;
        _folder = folder;
        _file = file;
        _temporaryPath = temporaryPath;
        _limit = limit;
    }

    /// <summary>The length in bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>The format and size, from its bytes; known once it is complete.</summary>
    public ImageHeader Header { get; private set; }

    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="BadResponseException">The image is larger than the limit.</exception>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>, if no folder has room for it.</exception>
    public void Write(byte[] bytes, int length)
    {
        if (Length + length > _limit)
        {
            throw new BadResponseException($"its picture is larger than {_limit} bytes") { IsLostImage = true };
        }

        try
        {
            _file.Write(bytes, 0, length);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            WriteElsewhere(bytes, length, exception);
        }

        Length += length;
    }

    /// <summary>Reads the first bytes again, for data that turns out not to be an image.</summary>
    public void ReadBack(byte[] bytes, int length)
    {
        var file = Open();
        file.Position = 0;
        for (var filled = 0; filled < length;)
        {
            var read = file.Read(bytes, filled, length - filled);
            filled += read > 0 ? read : throw new EndOfStreamException();
        }

        file.Position = Length;
    }

    /// <summary>Closes the file until it is needed again, so that a response with many images has one file open.</summary>
    public void Park()
    {
        if (_file is FileStream)
        {
            _file.Dispose();
            _isParked = true;
        }
    }

    /// <summary>Ends the image, and reads its header.</summary>
    /// <exception cref="BadResponseException">The bytes are not an image.</exception>
    public void Complete() =>
        Header = ImageHeader.Read(Open()) ?? throw new BadResponseException("its picture is not in a known format") { IsLostImage = true };

    /// <summary>Whether it certainly ends where its format says.</summary>
    public bool IsWhole()
    {
        try
        {
            return WholeImage.Is(Open(), Header.Format);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return false;
        }
    }

    /// <summary>Writes metadata into the image. If that fails, the image is not changed.</summary>
    /// <returns>Why it failed; null if it succeeded.</returns>
    public string? Embed(ImageMetadata metadata)
    {
        if (_writeError is not null)
        {
            return TemporaryFile.Unnamed(_writeError).Message;
        }

        FileStream? copy = null;
        try
        {
            copy = TemporaryFile.Create(_folder.Path);
            MetadataWriter.Copy(Open(), Header, metadata, copy);
        }
#pragma warning disable CA1031 // Whatever is wrong with the image's own metadata, the image is paid for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TemporaryFile.Remove(copy);
            return TemporaryFile.Unnamed(exception).Message;
        }

        _file.Dispose();
        TemporaryFile.Remove(_temporaryPath);
        _file = copy;
        _temporaryPath = copy.Name;
        Length = copy.Length;
        return null;
    }

    /// <summary>Saves the image under a name in its folder.</summary>
    /// <param name="name">The file name without an extension; if it is taken, a free one is found.</param>
    /// <param name="policy">Decides whether an existing file is replaced.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>; the message says where the image is.</exception>
    public SavedImage Save(string name, ReplacePolicy policy)
    {
        try
        {
            if (_writeError is not null)
            {
                throw _writeError;
            }

            (Open() as FileStream)?.Flush(flushToDisk: true);
            if (!File.Exists(_temporaryPath))
            {
                throw new IOException("The folder was removed.");
            }

            CloseForMove();
            var path = _folder.MoveIn(_temporaryPath, name, Header.Format.Extension(), policy);
            _isKept = true;
            _file.Dispose();
            return new SavedImage(path, Header, Length);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw TokaifyErrors.NotInPlace(_folder.Path, exception, TryKeep(name + Header.Format.Extension()));
        }
    }

    /// <summary>Removes the temporary file, unless the image was saved or kept.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!_isKept && _file is FileStream)
        {
            TemporaryFile.Remove(_temporaryPath);
        }
    }

    private Stream Open()
    {
        if (_isParked)
        {
            _file = new FileStream(_temporaryPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1) { Position = Length };
            _isParked = false;
        }

        return _file;
    }

    // On Unix, an open file can be moved, and can still be read if its folder is removed at that moment.
    private void CloseForMove()
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            _file.Dispose();
        }
    }

    // The image is paid for, so if the disk is full, it is continued in a recovery folder.
    private void WriteElsewhere(byte[] bytes, int length, Exception cause)
    {
        _writeError ??= cause;
        while (_moves++ < MaximumMoves)
        {
            try
            {
                MoveToRecovery();
                _file.Write(bytes, 0, length);
                return;
            }
            catch (Exception exception) when (ImageFolder.IsFileError(exception))
            {
                // That folder has no room either.
            }
        }

        throw TokaifyErrors.SaveFailed(_folder.Path, _writeError);
    }

    /// <summary>Keeps the image in a recovery folder.</summary>
    /// <returns>Its path; null if it cannot be kept.</returns>
    private string? TryKeep(string fileName)
    {
        try
        {
            // The folder may have been removed with the file in it. An open file can still be read.
            if (_file.CanRead && !File.Exists(_temporaryPath))
            {
                MoveToRecovery();
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return null;
        }

        _file.Dispose();
        var path = Recovery.Keep(_temporaryPath, Length, fileName);
        _isKept = path is not null;
        return path;
    }

    private void MoveToRecovery()
    {
        var elsewhere = Recovery.Copy(_file, Length);
        Dispose();
        _file = elsewhere;
        _temporaryPath = elsewhere.Name;
    }

    private RecoveryFolder Recovery => _recovery ?? RecoveryFolder.Default;
}
