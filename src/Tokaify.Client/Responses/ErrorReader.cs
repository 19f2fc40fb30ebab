namespace Tokaify;

/// <summary>Reads the body of a response with an error status: JSON of the relay or of Google, a proxy's page, or nothing.</summary>
internal static class ErrorReader
{
    private const int Limit = 64 * 1024;

    // The time limit for the body. It is short, because the status alone says what happened.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads a body, as far as it arrives in time.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="head">The status and headers of the response.</param>
    /// <param name="text">The sanitizer for its texts.</param>
    /// <param name="cancellationToken">Ends the reading; the bytes received until then are used.</param>
    /// <param name="stop">The user's own token.</param>
    /// <exception cref="OperationCanceledException">The user stopped it.</exception>
    public static Task<TokaifyException> ReadAsync(
        Stream body, ResponseHead head, TextSanitizer text, CancellationToken cancellationToken, CancellationToken stop) =>
        ReadAsync(body, head, text, s_timeout, cancellationToken, stop);

    /// <summary>The same with a time limit for the body.</summary>
    internal static async Task<TokaifyException> ReadAsync(
        Stream body, ResponseHead head, TextSanitizer text, TimeSpan timeout, CancellationToken cancellationToken, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
#if !NET
        // The streams of .NET Framework ignore the token while they read.
        using var registration = limit.Token.Register(body.Dispose);
#endif
        var (bytes, isCut) = await ReadBeginningAsync(body, limit.Token).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        using var beginning = new MemoryStream(bytes, writable: false);
        var error = await ResponseReader.FindErrorAsync(beginning, text, stop).ConfigureAwait(false);
        return TokaifyErrors.FromService(error, ResponseText.Of(bytes, isCut, text), head);
    }

    private static async Task<(byte[] Bytes, bool IsCut)> ReadBeginningAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[Limit];
        var length = 0;
        var isCut = true;
        try
        {
            int read;
            while (length < Limit && (read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
            }

            isCut = length == Limit;
        }
        catch (Exception exception) when (
            exception is IOException or HttpRequestException or InvalidDataException or InvalidOperationException or OperationCanceledException)
        {
            // The connection broke, the compressed data is damaged, or it took too long. The status alone is enough.
        }

        Array.Resize(ref buffer, length);
        return (buffer, isCut);
    }
}
