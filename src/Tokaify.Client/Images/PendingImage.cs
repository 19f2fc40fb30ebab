namespace Tokaify;

/// <summary>An image on its way into a folder: a temporary file there, until it is saved under its name.</summary>
internal sealed class PendingImage : IDisposable
{
    // Out of its folder, and out of the folder that took it in.
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

    /// <summary>Begins one that goes elsewhere than others when it cannot be put in place.</summary>
    internal PendingImage(ImageFolder folder, FileStream file, RecoveryFolder recovery)
        : this(folder, file, file.Name, long.MaxValue, recovery)
    {
    }

    /// <summary>Begins one in a stream that need not be a file: what cannot be saved can still be measured.</summary>
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

    /// <summary>What the bytes say of the image; known once it is complete.</summary>
    public ImageHeader Header { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="BadResponseException">The image is larger than it may be.</exception>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>, where there is room for it nowhere.</exception>
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

    /// <summary>The first bytes once more, for what turns out to be no image after all.</summary>
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

    /// <summary>All bytes are there: looks what they are.</summary>
    /// <exception cref="BadResponseException">They are no image.</exception>
    public void Complete() =>
        Header = ImageHeader.Read(Open()) ?? throw new BadResponseException("its picture is none by its bytes") { IsLostImage = true };

    /// <summary>Whether it certainly ends where its format says that it does.</summary>
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

    /// <summary>Writes where it comes from into the image; where that cannot be, the image stays as it came.</summary>
    /// <returns>Why it could not be; null where it could.</returns>
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

    /// <summary>Puts the image under a name in its folder.</summary>
    /// <param name="name">The file name without an extension; where it is taken, a free one is found.</param>
    /// <param name="policy">Whether a file that has the name is replaced.</param>
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

    // Elsewhere an open file can be moved, and can still be read if its folder goes at that very moment.
    private void CloseForMove()
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            _file.Dispose();
        }
    }

    // The image is being paid for while the disk fills up: it goes on in another place.
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
                // There is no room in that place either.
            }
        }

        throw TokaifyErrors.SaveFailed(_folder.Path, _writeError);
    }

    /// <summary>Keeps the image elsewhere.</summary>
    /// <returns>Where; null if it cannot be kept.</returns>
    private string? TryKeep(string fileName)
    {
        try
        {
            // The folder may be gone, the file in it with it: what is still open can still be read.
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
