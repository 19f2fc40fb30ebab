#if !NET
using System.IO.Compression;

namespace Tokaify;

/// <summary>The body of a response, decompressed if it is gzip. It may be closed while it is read.</summary>
/// <remarks>The streams of .NET Framework ignore a cancellation token: a read ends when the connection is closed. The framework's own
/// decompressor would be closed with it, in the middle of a read, and its native code would then write to memory that it has
/// freed.</remarks>
internal sealed class GzipBody : Stream
{
    private readonly object _lock = new();
    private readonly Stream _packed;
    private readonly GZipStream _unpacked;
    private bool _isReading;
    private bool _isClosed;

    private GzipBody(Stream packed)
    {
        _packed = packed;
        _unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
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

    /// <summary>Adds the supported encoding to a request.</summary>
    /// <remarks>Not deflate: .NET decompresses raw deflate, but servers send it with a header (zlib), as RFC 9110 says.</remarks>
    public static void Offer(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");

    /// <summary>Returns the body, decompressed if necessary.</summary>
    public static Stream Of(HttpContent content, Stream body) =>
        content.Headers.ContentEncoding.Any(encoding => encoding.IndexOf("gzip", StringComparison.OrdinalIgnoreCase) >= 0) ? new GzipBody(body) : body;

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                throw new ObjectDisposedException(nameof(GzipBody));
            }

            _isReading = true;
        }

        try
        {
            return await _unpacked.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _isReading = false;
                if (_isClosed)
                {
                    _unpacked.Dispose();
                }
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A running read disposes of the decompressor itself, and closing the compressed stream ends that read.
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _isClosed = true;
                if (!_isReading)
                {
                    _unpacked.Dispose();
                }
            }

            _packed.Dispose();
        }

        base.Dispose(disposing);
    }
}
#endif
