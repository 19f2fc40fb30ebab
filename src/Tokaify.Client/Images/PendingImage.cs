namespace Tokaify;

/// <summary>An image that is being saved: a temporary file in the folder, until it gets its name.</summary>
internal sealed class PendingImage : IDisposable
{
    // The first move leaves the folder of the image, and the second one leaves the first recovery folder.
    private const int MaximumMoves = 2;

    private readonly ImageFolder _folder;
    private readonly long _limit;
    private readonly RecoveryFolder? _recovery;
    private readonly PendingFile _file;
    private Exception? _writeError;
    private int _moves;

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
        _file = new PendingFile(file, temporaryPath);
        _limit = limit;
    }

    /// <summary>The length in bytes so far.</summary>
    public long Length => _file.Length;

    /// <summary>The format and size, from its bytes; known once it is complete.</summary>
    public ImageHeader Header { get; private set; }

    private RecoveryFolder Recovery => _recovery ?? RecoveryFolder.Default;

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
            _file.Write(bytes, length);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            WriteElsewhere(bytes, length, exception);
        }
    }

    /// <summary>Reads the first bytes again, for data that turns out not to be an image.</summary>
    public void ReadBack(byte[] bytes, int length)
    {
        var file = _file.Open();
        file.Position = 0;
        for (var filled = 0; filled < length;)
        {
            var read = file.Read(bytes, filled, length - filled);
            filled += read > 0 ? read : throw new EndOfStreamException();
        }

        file.Position = Length;
    }

    /// <summary>Closes the file until it is needed again, so that a response with many images has one file open.</summary>
    public void Park() => _file.Park();

    /// <summary>Ends the image, and reads its header.</summary>
    /// <exception cref="BadResponseException">The bytes are not an image.</exception>
    public void Complete() =>
        Header = ImageHeader.Read(_file.Open()) ?? throw new BadResponseException("its picture is not in a known format") { IsLostImage = true };

    /// <summary>Whether the image certainly ends where its format says.</summary>
    public bool IsWhole()
    {
        try
        {
            return WholeImage.Is(_file.Open(), Header.Format);
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
            MetadataWriter.Copy(_file.Open(), Header, metadata, copy);
        }
#pragma warning disable CA1031 // Whatever is wrong with the image's own metadata, the image is paid for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TemporaryFile.Remove(copy);
            return TemporaryFile.Unnamed(exception).Message;
        }

        _file.ContinueIn(copy);
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

            (_file.Open() as FileStream)?.Flush(flushToDisk: true);
            if (!File.Exists(_file.Path))
            {
                throw new IOException("The folder was removed.");
            }

            CloseForMove();
            var path = _folder.MoveIn(_file.Path, name, Header.Format.Extension(), policy);
            _file.Keep();
            _file.Close();
            return new SavedImage(path, Header, Length);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw TokaifyErrors.NotInPlace(_folder.Path, exception, TryKeep(name + Header.Format.Extension()));
        }
    }

    /// <summary>Removes the temporary file, unless the image was saved or kept.</summary>
    public void Dispose() => _file.Dispose();

    // On Unix, an open file can be moved, and can still be read if its folder is removed at that moment.
    private void CloseForMove()
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            _file.Close();
        }
    }

    // The image is paid for, so if the disk is full, it is continued in a recovery folder.
    private void WriteElsewhere(byte[] bytes, int length, Exception cause)
    {
        _writeError ??= cause;
        while (_moves++ < MaximumMoves)
        {
            if (TryMoveToRecovery(() => _file.Write(bytes, length)))
            {
                return;
            }
        }

        throw TokaifyErrors.SaveFailed(_folder.Path, _writeError);
    }

    /// <summary>Keeps the image in a recovery folder.</summary>
    /// <returns>Its path; null if it cannot be kept.</returns>
    private string? TryKeep(string fileName)
    {
        // The folder may have been removed with the file in it. An open file can still be read.
        if (_file.IsOrphaned && !TryMoveToRecovery())
        {
            return null;
        }

        _file.Close();
        var path = Recovery.Keep(_file.Path, Length, fileName);
        if (path is not null)
        {
            _file.Keep();
        }

        return path;
    }

    // Every recovery uses this method: it continues the image in a recovery folder, with all bytes so far.
    private bool TryMoveToRecovery(Action? retryWrite = null)
    {
        try
        {
            _file.ContinueIn(Recovery.Copy(_file.Open(), Length));
            retryWrite?.Invoke();
            return true;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The recovery folder cannot be written either.
            return false;
        }
    }
}
