using System.Buffers;

namespace Tokaify;

/// <summary>A small window on a seekable stream, moved to wherever bytes are asked for.</summary>
/// <remarks>
/// It moves no more than <see cref="MaxMoves"/> times and then holds nothing. Since every reader of a header only ever goes
/// forward in a list of segments or boxes, this one bound ends all of them, whatever a file claims of itself: no more than
/// 1 MiB is read of any file.
/// </remarks>
internal sealed class FileWindow : IDisposable
{
    /// <summary>The most bytes that can be asked for at once.</summary>
    public const int Size = ImageHeader.DetectionLength;

    /// <summary>
    /// A segment of a JPEG takes a move; 4096 of them hold 256 MiB. Real files have some hundreds at the most: an ICC profile
    /// or an XMP packet split into pieces of 64 KiB.
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
