namespace Tokaify;

/// <summary>Reads the body of an answer with an error status: JSON of either shape, a proxy's page, or nothing.</summary>
internal static class ErrorReader
{
    private const int Limit = 64 * 1024;

    public static async Task<TokaifyException> ReadAsync(Stream body, AnswerHead head, CancellationToken cancellationToken)
    {
        var bytes = await ReadBeginningAsync(body, cancellationToken).ConfigureAwait(false);
        using var beginning = new MemoryStream(bytes, writable: false);
        var error = await ResponseReader.FindErrorAsync(beginning, cancellationToken).ConfigureAwait(false);
        return TokaifyErrors.FromService(error, ResponseText.From(bytes), head);
    }

    private static async Task<byte[]> ReadBeginningAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[Limit];
        var length = 0;
        try
        {
            int read;
            while (length < Limit && (read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
            }
        }
        catch (Exception exception) when (
            exception is IOException or HttpRequestException or InvalidDataException or InvalidOperationException)
        {
            // The connection broke, or the compression: the status alone says enough.
        }

        Array.Resize(ref buffer, length);
        return buffer;
    }
}
