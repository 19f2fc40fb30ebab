namespace Tokaify;

/// <summary>Reads the sent bytes of an image file, piece by piece.</summary>
/// <param name="file">The file; it is disposed with this stream.</param>
/// <param name="bytes">The sent bytes.</param>
internal sealed class SentBytesStream(Stream file, SentBytes bytes) : Stream
{
    private int _piece;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_piece < bytes.Pieces.Count && _position == bytes.Pieces[_piece].Length)
        {
            _piece++;
            _position = 0;
        }

        if (_piece == bytes.Pieces.Count)
        {
            return 0;
        }

        var piece = bytes.Pieces[_piece];
        var length = (int)Math.Min(count, piece.Length - _position);
        if (piece.Bytes is { } made)
        {
            Array.Copy(made, _position, buffer, offset, length);
        }
        else
        {
            file.Position = piece.Start + _position;
            length = file.Read(buffer, offset, length);
        }

        _position += length;
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
