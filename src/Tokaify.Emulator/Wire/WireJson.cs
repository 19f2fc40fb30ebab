using System.Text;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>Parses JSON, and checks it against the request's fields.</summary>
internal static class WireJson
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RefusedRequestException">The body is not JSON, or does not fit.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        var document = ParseAny(body);
        try
        {
            Check(document.RootElement);
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static JsonDocument ParseAny(ReadOnlyMemory<byte> body)
    {
        try
        {
            RequireUtf8(body);
            return JsonDocument.Parse(body);
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            throw Refusals.Invalid($"Invalid JSON payload received. {error.Message}");
        }
    }

    // The parser does not check the encoding inside strings, but the API does.
    private static void RequireUtf8(ReadOnlyMemory<byte> body)
    {
#if NET
        s_strictUtf8.GetCharCount(body.Span);
#else
        s_strictUtf8.GetCharCount(body.ToArray());
#endif
    }

    private static void Check(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            throw Refusals.Invalid("Invalid JSON payload received. Unknown name \"\": Root element must be a message.");
        }

        var violations = new List<FieldViolation>();
        try
        {
            GenerateContent.Request.Check(request, path: "", violations);
        }
        catch (InvalidOperationException error)
        {
            // Half a surrogate pair as an escape: valid JSON by its grammar, but not a valid text.
            throw Refusals.Invalid($"Invalid JSON payload received. {error.Message}");
        }

        if (violations.Count > 0)
        {
            throw Refusals.Invalid(violations);
        }
    }
}
