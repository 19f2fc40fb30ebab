namespace Tokaify;

/// <summary>A picture on its way into a folder: a temporary file there, until it is saved under its name.</summary>
internal sealed class PendingImage : IDisposable
{
    private readonly ImageFolder _folder;
    private readonly FileStream _file;
    private readonly long _limit;
    private bool _isKept;

    internal PendingImage(ImageFolder folder, FileStream file, long limit)
    {
        _folder = folder;
        _file = file;
        _limit = limit;
    }

    /// <summary>The temporary file.</summary>
    public string TemporaryPath => _file.Name;

    /// <summary>The length in bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>What the bytes say of the picture; known once it is complete.</summary>
    public ImageHeader Header { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="BadResponseException">The picture is larger than it may be.</exception>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Write(byte[] bytes, int length)
    {
        Length += length;
        if (Length > _limit)
        {
            throw new BadResponseException($"its picture is larger than {_limit} bytes");
        }

        try
        {
            _file.Write(bytes, 0, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw TokaifyErrors.SaveFailed(_folder.Path, exception);
        }
    }

    /// <summary>All bytes are there: looks what they are.</summary>
    /// <exception cref="BadResponseException">They are no picture.</exception>
    public void Complete() =>
        Header = ImageHeader.Read(_file) ?? throw new BadResponseException("its picture is none by its bytes");

    /// <summary>Puts the picture under a name of its own in its folder.</summary>
    /// <param name="name">The file name without an extension.</param>
    /// <param name="overwrite">Whether a file of that name may go; else a free name is found.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>; the message says where the picture is.</exception>
    public SavedImage Save(string name, bool overwrite)
    {
        try
        {
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            var path = _folder.MoveIn(TemporaryPath, name, Header.Format.Extension(), overwrite);
            _isKept = true;
            return new SavedImage(path, Header, Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isKept = true;
            throw TokaifyErrors.SaveFailed(_folder.Path, exception, RecoveryFolder.Keep(TemporaryPath, name + Header.Format.Extension()));
        }
    }

    /// <summary>Removes the temporary file, unless the picture was saved.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_isKept)
        {
            return;
        }

        try
        {
            File.Delete(TemporaryPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A later run removes it.
        }
    }
}
