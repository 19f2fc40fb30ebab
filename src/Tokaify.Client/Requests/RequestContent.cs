using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;

namespace Tokaify;

/// <summary>The body of a request as it is sent: JSON with the Base64 of the files, which is encoded while it is sent.</summary>
/// <remarks>Its length is known beforehand, and it can be written again for a retry. No copy of an image, of its Base64 or of the body is
/// made: the encoder has one small input buffer and one small output buffer, both from the pool.</remarks>
internal sealed class RequestContent : HttpContent
{
    // Whole groups of three bytes, so that only a file's last block is padded.
    private const int BlockLength = 3 * 16 * 1024;

    private readonly RequestBody _body;

    public RequestContent(RequestBody body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>The error of a source file that stopped the writing; the transport would report it as its own error.</summary>
    public TokaifyException? SourceError { get; private set; }

    /// <summary>Whether a connection was open and the writing has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether all of it was passed to the transport. Only then can the service process it.</summary>
    public bool IsSent { get; private set; }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteBodyAsync(stream, cancellationToken);
#endif

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        WriteBodyAsync(stream, CancellationToken.None);

    private async Task WriteBodyAsync(Stream stream, CancellationToken cancellationToken)
    {
        HasBegun = true;
        var written = 0;
        foreach (var gap in _body.Gaps)
        {
            await stream.WriteAsync(_body.Json.Slice(written, gap.Position - written), cancellationToken).ConfigureAwait(false);
            written = gap.Position;
            await WriteFileAsync(gap.Image, stream, cancellationToken).ConfigureAwait(false);
        }

        await stream.WriteAsync(_body.Json.Slice(written), cancellationToken).ConfigureAwait(false);
        IsSent = true;
    }

    private async Task WriteFileAsync(SourceImage image, Stream stream, CancellationToken cancellationToken)
    {
        var raw = ArrayPool<byte>.Shared.Rent(BlockLength);
        var encoded = ArrayPool<byte>.Shared.Rent(BlockLength / 3 * 4);
        try
        {
            using var file = image.Open();
            var sent = image.SentBytesOf(file);
            for (var left = image.SentLength; left > 0;)
            {
                var length = (int)Math.Min(left, BlockLength);
                ReadBlock(sent, raw, length, image);
                await stream.WriteAsync(encoded.AsMemory(0, Encode(raw.AsSpan(0, length), encoded)), cancellationToken).ConfigureAwait(false);
                left -= length;
            }

            image.EnsureUnchanged(file);
        }
        catch (TokaifyException exception)
        {
            SourceError = exception;
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    private static int Encode(ReadOnlySpan<byte> block, Span<byte> encoded)
    {
        var done = Avx2Base64.Encode(block, encoded);
        var length = done / 3 * 4;
        Base64.EncodeToUtf8(block.Slice(done), encoded.Slice(length), out _, out var rest);
        return length + rest;
    }

    // The read is synchronous, on a thread of the pool: the block is usually in the system's cache, so an asynchronous read would cost more
    // than it saves.
    private static void ReadBlock(Stream file, byte[] block, int length, SourceImage image)
    {
        try
        {
            for (var filled = 0; filled < length;)
            {
                var read = file.Read(block, filled, length - filled);
                filled += read > 0 ? read : throw image.Changed();
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw image.Unreadable(exception);
        }
    }
}
