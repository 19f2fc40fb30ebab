namespace Tokaify.Tests.Responses;

/// <summary>How a body arrives.</summary>
public enum Chunking
{
    /// <summary>All of it in one read, as far as the buffer allows.</summary>
    Whole,

    /// <summary>A byte at a time. Bodies of more than 100,000 bytes in pieces of 997, because single bytes would take seconds.</summary>
    Bytes,

    /// <summary>In pieces of random lengths; the seed is fixed.</summary>
    Random,
}

/// <summary>A body that arrives in pieces.</summary>
internal sealed class ChunkedStream(byte[] bytes, Func<int> nextLength) : ReadOnlyStream
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

    protected override int Next(Span<byte> buffer)
    {
        var length = Math.Min(Math.Min(nextLength(), buffer.Length), bytes.Length - _position);
        bytes.AsSpan(_position, length).CopyTo(buffer);
        _position += length;
        return length;
    }
}
