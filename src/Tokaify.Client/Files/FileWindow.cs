using System.Buffers;

namespace Tokaify;

/// <summary>A small window on a seekable stream. It moves to the position of the requested bytes.</summary>
/// <remarks>
/// It moves at most <see cref="MaxMoves"/> times, and is empty afterwards. The readers of headers only go forward in a list of segments or
/// boxes, so this limit ends all of them, whatever the file contains: at most 1 MiB of a file is read.
/// </remarks>
internal sealed class FileWindow : IDisposable
{
    /// <summary>The greatest number of bytes of one call.</summary>
    public const int Size = ImageHeader.DetectionLength;

    /// <summary>
    /// The limit of moves. A segment of a JPEG needs one move; 4096 segments have up to 256 MiB. Real files have at most some hundred
    /// segments: an ICC profile or an XMP packet in pieces of 64 KiB.
    /// </summary>
    public const int MaxMoves = 4096;

    private readonly Stream _file;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private long _start;
    private int _count;
    private int _moves;

    public FileWindow(Stream file)
    {
        _file = file;
        Length = file.Length;
    }

    /// <summary>The length of the file, in bytes.</summary>
    public long Length { get; }

    /// <summary>Exactly <paramref name="count"/> bytes from <paramref name="position"/>; empty if the file has fewer.</summary>
    /// <remarks>The bytes are valid until the next call.</remarks>
    public ReadOnlySpan<byte> Read(long position, int count)
    {
        if (position < 0 || position > Length - count)
        {
            return default;
        }

        if (position < _start || position + count > _start + _count)
        {
            MoveTo(position);
        }

        var offset = (int)(position - _start);
        return _count - offset < count ? default : _buffer.AsSpan(offset, count);
    }

    /// <summary>The bytes from <paramref name="position"/>, as many as the file and the window hold.</summary>
    public ReadOnlySpan<byte> Peek(long position) => Read(position, (int)Math.Min(Size, Math.Max(0, Length - position)));

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void MoveTo(long position)
    {
        _start = position;
        _count = 0;
        if (++_moves > MaxMoves)
        {
            return;
        }

        _file.Position = position;
        while (_count < Size && _file.Read(_buffer, _count, Size - _count) is > 0 and var read)
        {
            _count += read;
        }
    }
}
