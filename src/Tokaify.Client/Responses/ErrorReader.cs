using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the body of an answer with an error status: JSON of either shape, a proxy's page, or nothing.</summary>
internal static class ErrorReader
{
    private const int Limit = 64 * 1024;

    public static async Task<TokaifyException> ReadAsync(Stream body, AnswerHead head, CancellationToken cancellationToken)
    {
        var bytes = await ReadBeginningAsync(body, cancellationToken).ConfigureAwait(false);
        return TokaifyErrors.FromService(Parse(bytes), ResponseText.From(bytes.Span), head);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBeginningAsync(Stream body, CancellationToken cancellationToken)
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
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            // The status alone says enough.
        }

        return buffer.AsMemory(0, length);
    }

    private static ServiceError? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Parse(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ServiceError? Parse(JsonElement element)
    {
        // Upstream's streaming endpoints wrap the error in an array, and some relays pass that on.
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
        {
            element = element[0];
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (element.TryGetProperty("error", out var error))
        {
            return error.ValueKind == JsonValueKind.Object ? FromObject(error) : new ServiceError(Text(error));
        }

        return FromObject(element);
    }

    private static ServiceError FromObject(JsonElement error) =>
        new(Text(error, "message"), Text(error, "code"), Text(error, "status"), Text(error, "type"));

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
