#if NET
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tokaify;

/// <summary>A connection that can still be read after it can no longer be written to.</summary>
/// <remarks>If a relay refuses a request because of its head, it responds and closes the connection while the body is still being sent. The
/// transport would report the failed write and discard the response, which has already been received.</remarks>
/// <param name="inner">The socket's stream.</param>
internal sealed class ConnectionStream(Stream inner) : Stream
{
    // The writer sets it; the reader, possibly on another thread, reads it.
    private volatile IOException? _writeError;
    private volatile bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects as the transport itself does.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new ConnectionStream(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_writeError is not null)
        {
            return default;
        }

        var write = inner.WriteAsync(buffer, cancellationToken);
        return write.IsCompletedSuccessfully ? write : AwaitAsync(write);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _writeError is null ? inner.ReadAsync(buffer, cancellationToken) : ReadRestAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDisposed = true;
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        // The transport closes a connection to cancel a request. Then no read is pending, and the body has not been sent.
        catch (IOException exception) when (!_isDisposed)
        {
            _writeError = exception;
        }
    }

    private async ValueTask<int> ReadRestAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var length = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return length > 0 || buffer.IsEmpty ? length : throw new UploadLostException(_writeError!);
        }
        catch (IOException exception) when (exception is not UploadLostException)
        {
            throw new UploadLostException(_writeError!);
        }
    }
}
#endif
