using System.Text.Json;

namespace Tokaify;

/// <summary>A page of a list of models.</summary>
/// <param name="Names">The models' names, without the prefix <c>models/</c>.</param>
/// <param name="NextPageToken">Asks for the next page; null for none.</param>
internal sealed record ModelPage(IReadOnlyList<string> Names, string? NextPageToken)
{
    // Thousands of models with all their fields are below this; what is longer is no list.
    private const int Limit = 16 * 1024 * 1024;

    /// <summary>Reads a page in Google's form (<c>models[].name</c>) or in OpenAI's (<c>data[].id</c>).</summary>
    /// <exception cref="TokaifyException">The answer is an error, or none of the two.</exception>
    public static async Task<ModelPage> ReadAsync(Stream body, AnswerHead head, CancellationToken cancellationToken)
    {
        var bytes = await ReadBodyAsync(body, head, cancellationToken).ConfigureAwait(false);
        using var document = Parse(bytes, head);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && FindList(root) is { } list)
        {
            return new ModelPage([.. list.EnumerateArray().Select(NameOf).OfType<string>()], Text(root, "nextPageToken"));
        }

        using var again = new MemoryStream(bytes, writable: false);
        throw await ResponseReader.FindErrorAsync(again, cancellationToken).ConfigureAwait(false) is { } error
            ? TokaifyErrors.FromService(error, ResponseText.From(bytes), head)
            : Unusable(new BadResponseException("it holds no list of models"), bytes, isCutOff: false, head);
    }

    /// <summary>Whether a body is a page for a browser.</summary>
    public static bool IsHtml(string? body) => body?.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').FirstOrDefault() == '<';

    private static JsonElement? FindList(JsonElement root)
    {
        if ((root.TryGetProperty("models", out var list) || root.TryGetProperty("data", out list)) && list.ValueKind == JsonValueKind.Array)
        {
            return list;
        }

        // Google leaves out a list that is empty.
        return root.EnumerateObject().Any() ? null : JsonSerializer.SerializeToElement(Array.Empty<string>());
    }

    private static string? NameOf(JsonElement model)
    {
        var name = model.ValueKind == JsonValueKind.Object ? Text(model, "name") ?? Text(model, "id") : null;
        return string.IsNullOrWhiteSpace(name) ? null : ServiceWords.Clean(ModelCatalog.BareName(name!));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async Task<byte[]> ReadBodyAsync(Stream body, AnswerHead head, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await body.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, length);
            if (bytes.Length > Limit)
            {
                throw TokaifyErrors.BadResponse(
                    new BadResponseException($"its list of models is longer than {Limit} bytes"), "", isCutOff: false, head);
            }
        }

        return bytes.ToArray();
    }

    private static JsonDocument Parse(byte[] bytes, AnswerHead head)
    {
        // The final block is not promised, so that a document that ends too early is told from one that is wrong.
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
            throw Unusable(exception, bytes, isCutOff: false, head);
        }

        throw Unusable(new JsonException("The document ends too early."), bytes, isCutOff: true, head);
    }

    private static TokaifyException Unusable(Exception cause, byte[] body, bool isCutOff, AnswerHead head) =>
        TokaifyErrors.BadResponse(cause, ResponseText.From(body.AsSpan(0, Math.Min(body.Length, 4096))), isCutOff, head);
}
