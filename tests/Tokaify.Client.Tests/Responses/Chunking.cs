namespace Tokaify.Tests.Responses;

/// <summary>How a body arrives.</summary>
public enum Chunking
{
    /// <summary>All of it in one read, as far as the buffer allows.</summary>
    Whole,

    /// <summary>A byte at a time; what is longer than 100,000 bytes, in pieces of 997, or it would take seconds.</summary>
    Bytes,

    /// <summary>In pieces of random lengths; the seed is fixed.</summary>
    Random,
}

/// <summary>A body that arrives in pieces.</summary>
internal sealed class ChunkedStream(byte[] bytes, Func<int> nextLength) : Stream
{
    private int _position;

    public static ChunkedStream Of(byte[] bytes, Chunking chunking)
    {
        var random = new Random(bytes.Length);
        return new ChunkedStream(bytes, chunking switch
        {
            Chunking.Bytes => () => bytes.Length > 100_000 ? 997 : 1,
            Chunking.Random => () => random.Next(1, 40),
            _ => () => int.MaxValue,
        });
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var length = Math.Min(Math.Min(nextLength(), count), bytes.Length - _position);
        bytes.AsSpan(_position, length).CopyTo(buffer.AsSpan(offset));
        _position += length;
        return length;
    }

#if NET
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
#else
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer, offset, count));
#endif

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
