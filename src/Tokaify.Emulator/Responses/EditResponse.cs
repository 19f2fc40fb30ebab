using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The response to a successful edit, with all fields of the relay's documentation.</summary>
internal static class EditResponse
{
    // Google's tokens for an output image and for an input image, and its rule of thumb for text.
    private const int TokensOfImageOut = 1290;
    private const int TokensOfImageIn = 258;
    private const int CharactersPerToken = 4;

    public static RelayResponse To(EditRequest request)
    {
        var text = request.WantsText ? Describe(request) : null;
        var image = request.WantsImage ? ImageMaker.Make(request) : null;
        return RelayResponse.Json(200, json => Write(json, request, text, image));
    }

    /// <summary>A response with text instead of an image.</summary>
    public static RelayResponse InWords(EditRequest request) =>
        RelayResponse.Json(200, json => Write(json, request, "I cannot make this picture, but I can describe it to you.", image: null));

    private static string Describe(EditRequest request) => request.Prompt.Length > 0
        ? $"Here is your picture: {request.Prompt}"
        : "Here is your picture.";

    private static void Write(Utf8JsonWriter json, EditRequest request, string? text, byte[]? image)
    {
        json.WriteStartObject();
        json.WriteStartArray("candidates");
        json.WriteStartObject();
        WriteContent(json, request, text, image);
        json.WriteString("finishReason", "STOP");
        json.WriteNumber("index", 0);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, request, text, image);
        json.WriteString("modelVersion", request.Model.Name);
        json.WriteString("responseId", Guid.NewGuid().ToString("N"));
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, EditRequest request, string? text, byte[]? image)
    {
        json.WriteStartObject("content");
        json.WriteString("role", "model");
        json.WriteStartArray("parts");
        if (text is not null)
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        if (image is not null)
        {
            WriteImage(json, image, request.Model.SignsThoughts());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, byte[] image, bool signed)
    {
        json.WriteStartObject();
        json.WriteStartObject("inlineData");
        json.WriteString("mimeType", ImageFormat.Png.MimeType());
        json.WriteBase64String("data", image);
        json.WriteEndObject();
        if (signed)
        {
            json.WriteString("thoughtSignature", ThoughtSignature.Of(Digest.Hex(Digest.Of(image))));
        }

        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, EditRequest request, string? text, byte[]? image)
    {
        var textIn = CountTokens(request.TextLength);
        var imagesIn = request.ImageCount * TokensOfImageIn;
        // As with upstream, the number of tokens of an image is fixed, and text in addition to an image is not counted.
        var (kindOut, tokensOut) = image is not null ? ("IMAGE", TokensOfImageOut) : ("TEXT", CountTokens(text?.Length ?? 0));
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", textIn + imagesIn);
        json.WriteNumber("candidatesTokenCount", tokensOut);
        json.WriteNumber("totalTokenCount", textIn + imagesIn + tokensOut);
        json.WriteStartArray("promptTokensDetails");
        WriteTokens(json, "TEXT", textIn);
        if (imagesIn > 0)
        {
            WriteTokens(json, "IMAGE", imagesIn);
        }

        json.WriteEndArray();
        json.WriteStartArray("candidatesTokensDetails");
        WriteTokens(json, kindOut, tokensOut);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int CountTokens(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;

    private static void WriteTokens(Utf8JsonWriter json, string modality, int count)
    {
        json.WriteStartObject();
        json.WriteString("modality", modality);
        json.WriteNumber("tokenCount", count);
        json.WriteEndObject();
    }
}
