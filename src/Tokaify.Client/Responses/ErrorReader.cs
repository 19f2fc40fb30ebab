namespace Tokaify;

/// <summary>Reads the body of an answer with an error status: JSON of either shape, a proxy's page, or nothing.</summary>
internal static class ErrorReader
{
    private const int Limit = 64 * 1024;

    public static async Task<TokaifyException> ReadAsync(
        Stream body, AnswerHead head, TextSanitizer text, CancellationToken cancellationToken)
    {
        var (bytes, isCut) = await ReadBeginningAsync(body, cancellationToken).ConfigureAwait(false);
        using var beginning = new MemoryStream(bytes, writable: false);
        var error = await ResponseReader.FindErrorAsync(beginning, text, cancellationToken).ConfigureAwait(false);
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
            exception is IOException or HttpRequestException or InvalidDataException or InvalidOperationException)
        {
            // The connection broke, or the compression: the status alone says enough.
        }

        Array.Resize(ref buffer, length);
        return (buffer, isCut);
    }
}
