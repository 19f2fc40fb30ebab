using System.Text.Json;

namespace Tokaify;

/// <summary>A page of a list of models.</summary>
/// <param name="Names">The models' names, without the prefix <c>models/</c>.</param>
/// <param name="NextPageToken">The token of the next page; null if there is none.</param>
internal sealed record ModelPage(IReadOnlyList<string> Names, string? NextPageToken)
{
    // Thousands of models with all their fields are shorter, so a longer body is not a list. Parsed, it needs ten times as much memory.
    private const int Limit = 4 * 1024 * 1024;
    private const int BeginningLength = 4 * 1024;

    /// <summary>Reads a page in Google's form (<c>models[].name</c>) or in OpenAI's (<c>data[].id</c>).</summary>
    /// <exception cref="TokaifyException">The response is an error, or has neither form.</exception>
    public static async Task<ModelPage> ReadAsync(
        Stream body, ResponseHead head, TokaifyErrors errors, CancellationToken cancellationToken)
    {
        var bytes = await ReadBodyAsync(body, head, errors, cancellationToken).ConfigureAwait(false);
        using var document = Parse(bytes, head, errors);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && FindList(root) is { } list)
        {
            return new ModelPage([.. list.EnumerateArray().Select(model => NameOf(model, errors.Text)).OfType<string>()], Text(root, "nextPageToken"));
        }

        using var again = new MemoryStream(bytes, writable: false);
        throw await ResponseReader.FindErrorAsync(again, errors.Text, cancellationToken).ConfigureAwait(false) is { } error
            ? TokaifyErrors.FromService(error, Beginning(bytes, errors.Text), head)
            : errors.BadResponse(new BadResponseException("it has no list of models"), Beginning(bytes, errors.Text), isCutOff: false, head);
    }

    private static JsonElement? FindList(JsonElement root)
    {
        if ((root.TryGetProperty("models", out var list) || root.TryGetProperty("data", out list)) && list.ValueKind == JsonValueKind.Array)
        {
            return list;
        }

        // Google leaves out an empty list.
        return root.EnumerateObject().Any() ? null : JsonSerializer.SerializeToElement(Array.Empty<string>());
    }

    private static string? NameOf(JsonElement model, TextSanitizer text)
    {
        var name = model.ValueKind == JsonValueKind.Object ? Text(model, "name") ?? Text(model, "id") : null;
        return string.IsNullOrWhiteSpace(name) ? null : text.Name(ModelCatalog.BareName(name!));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async Task<byte[]> ReadBodyAsync(
        Stream body, ResponseHead head, TokaifyErrors errors, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAllAsync(body, head, errors, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ResponseReader.IsDecompressionError(exception))
        {
            throw errors.BadResponse(
                new BadResponseException("its compression is damaged", exception), ResponseText.Empty, isCutOff: true, head);
        }
    }

    private static async Task<byte[]> ReadAllAsync(
        Stream body, ResponseHead head, TokaifyErrors errors, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await body.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, length);
            if (bytes.Length > Limit)
            {
                throw errors.BadResponse(
                    new BadResponseException($"its list of models is longer than {Limit} bytes"), ResponseText.Empty, isCutOff: false, head);
            }
        }

        return bytes.ToArray();
    }

    private static JsonDocument Parse(byte[] bytes, ResponseHead head, TokaifyErrors errors)
    {
        // The block is not declared final, so that a document that ends too early can be distinguished from an invalid one.
        var mark = "\uFEFF"u8;
        var json = bytes.AsSpan().StartsWith(mark) ? bytes.AsSpan(mark.Length) : bytes.AsSpan();
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        try
        {
            if (JsonDocument.TryParseValue(ref reader, out var document))
            {
                return document;
            }
        }
        catch (JsonException exception)
        {
            throw errors.BadResponse(exception, Beginning(bytes, errors.Text), isCutOff: false, head);
        }

        throw errors.BadResponse(
            new JsonException("The document ends too early."), Beginning(bytes, errors.Text), isCutOff: true, head);
    }

    private static ResponseText Beginning(byte[] body, TextSanitizer text) => ResponseText.Of(
        body.AsSpan(0, Math.Min(body.Length, BeginningLength)), isCut: body.Length > BeginningLength, text);
}
