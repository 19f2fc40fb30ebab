namespace Tokaify;

/// <summary>The temporary file of an image that has no name yet. Only this type changes its stream and its path, and always both.</summary>
/// <param name="stream">Holds the bytes: the temporary file, or another stream, which has no file to keep or to remove.</param>
/// <param name="path">The path of the temporary file.</param>
internal sealed class PendingFile(Stream stream, string path) : IDisposable
{
    private Stream _stream = stream;
    private State _state;

    private enum State
    {
        /// <summary>The stream is open, unless <see cref="Close"/> has closed it for a move.</summary>
        Open,

        /// <summary>The stream is closed until it is needed again.</summary>
        Parked,

        /// <summary>The file has a lasting name, and is not removed any more.</summary>
        Kept,
    }

    /// <summary>The path of the temporary file.</summary>
    public string Path { get; private set; } = path;

    /// <summary>The length in bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the file was removed with its folder while the stream is open. Its bytes can still be read.</summary>
    public bool IsOrphaned => _stream.CanRead && !File.Exists(Path);

    /// <summary>Writes the next bytes.</summary>
    public void Write(byte[] bytes, int length)
    {
        _stream.Write(bytes, 0, length);
        Length += length;
    }

    /// <summary>The stream, opened again if it was parked.</summary>
    public Stream Open()
    {
        if (_state == State.Parked)
        {
            _stream = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1) { Position = Length };
            _state = State.Open;
        }

        return _stream;
    }

    /// <summary>Closes the file until it is needed again.</summary>
    public void Park()
    {
        if (_stream is FileStream)
        {
            _stream.Dispose();
            _state = State.Parked;
        }
    }

    /// <summary>Closes the file for a move.</summary>
    public void Close() => _stream.Dispose();

    /// <summary>Continues in another temporary file, which has all bytes so far, and removes this one.</summary>
    /// <param name="other">The other file, at its end.</param>
    public void ContinueIn(FileStream other)
    {
        Dispose();
        _stream = other;
        Path = other.Name;
        Length = other.Length;
        _state = State.Open;
    }

    /// <summary>Marks the file as having a lasting name.</summary>
    public void Keep() => _state = State.Kept;

    /// <summary>Closes the file, and removes it unless it is kept.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (_state != State.Kept && _stream is FileStream)
        {
            TemporaryFile.Remove(Path);
        }
    }
}
