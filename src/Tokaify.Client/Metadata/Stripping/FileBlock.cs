using System.Buffers;

namespace Tokaify;

/// <summary>The bytes of a file, one block at a time, for readers that read the whole file.</summary>
internal sealed class FileBlock(Stream file) : IDisposable
{
    /// <summary>The greatest number of bytes of one call.</summary>
    public const int Size = 64 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private long _start;
    private int _count;

    /// <summary>The length of the file, in bytes.</summary>
    public long Length { get; } = file.Length;

    /// <summary>Returns a number of bytes from an offset. They are valid until the next call.</summary>
    /// <exception cref="MetadataException">The file has fewer bytes.</exception>
    public ReadOnlySpan<byte> Read(long position, int count)
    {
        var bytes = Peek(position, count);
        return bytes.Length >= count ? bytes.Slice(0, count) : throw new MetadataException("the file ends too early");
    }

    /// <summary>Returns the bytes from an offset, at least the given number unless the file ends before. They are valid until the next
    /// call.</summary>
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
