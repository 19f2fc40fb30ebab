namespace Tokaify.Tests;

/// <summary>A base for readable streams of tests, which only return bytes. .NET and .NET Framework read in different ways.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

#if NET
    public sealed override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        NextAsync(buffer, cancellationToken);
#else
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        NextAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
#endif

    public sealed override int Read(byte[] buffer, int offset, int count) => Next(buffer.AsSpan(offset, count));

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override void Flush()
    {
    }

    /// <summary>Returns the next bytes.</summary>
    /// <returns>Their number; 0 at the end.</returns>
    protected virtual int Next(Span<byte> buffer) => throw new NotSupportedException();

    /// <summary>Returns the next bytes asynchronously.</summary>
    protected virtual ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken) => new(Next(buffer.Span));
}
