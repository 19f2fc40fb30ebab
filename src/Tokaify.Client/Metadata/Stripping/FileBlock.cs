using System.Buffers;

namespace Tokaify;

/// <summary>A file's bytes, a block at a time, for a reader that passes through all of it.</summary>
internal sealed class FileBlock(Stream file) : IDisposable
{
    /// <summary>The most bytes that can be asked for at once.</summary>
    public const int Size = 64 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private long _start;
    private int _count;

    /// <summary>The length of the file, in bytes.</summary>
    public long Length { get; } = file.Length;

    /// <summary>So many bytes from an offset. They are valid until the next call.</summary>
    /// <exception cref="MetadataException">The file has fewer.</exception>
    public ReadOnlySpan<byte> Read(long position, int count)
    {
        var bytes = Peek(position, count);
        return bytes.Length >= count ? bytes.Slice(0, count) : throw new MetadataException("the file ends too early");
    }

    /// <summary>The bytes from an offset, at least so many unless the file ends before. They are valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long position, int count = 1)
    {
        if (position < _start || position + count > _start + _count)
        {
            MoveTo(position);
        }

        var offset = (int)Math.Min(position - _start, _count);
        return _buffer.AsSpan(offset, _count - offset);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void MoveTo(long position)
    {
        _start = position;
        _count = 0;
        file.Position = position;
        while (_count < Size && file.Read(_buffer, _count, Size - _count) is > 0 and var read)
        {
            _count += read;
        }
    }
}
