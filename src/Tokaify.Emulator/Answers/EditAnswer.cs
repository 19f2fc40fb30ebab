using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The answer to an edit that succeeds, field for field as the relay's pages show it.</summary>
internal static class EditAnswer
{
    // What Google charges for one picture out and one picture in, and its rule of thumb for text.
    private const int TokensOfPictureOut = 1290;
    private const int TokensOfPictureIn = 258;
    private const int CharactersPerToken = 4;

    public static RelayAnswer To(EditRequest request)
    {
        var text = request.WantsText ? Describe(request) : null;
        var picture = request.WantsPicture ? PictureMaker.Make(request) : null;
        return RelayAnswer.Json(200, json => Write(json, request, text, picture));
    }

    /// <summary>The answer of a model that has words for a picture.</summary>
    public static RelayAnswer InWords(EditRequest request) =>
        RelayAnswer.Json(200, json => Write(json, request, "I cannot make this picture, but I can describe it to you.", picture: null));

    private static string Describe(EditRequest request) => request.Prompt.Length > 0
        ? $"Here is your picture: {request.Prompt}"
        : "Here is your picture.";

    private static void Write(Utf8JsonWriter json, EditRequest request, string? text, byte[]? picture)
    {
        json.WriteStartObject();
        json.WriteStartArray("candidates");
        json.WriteStartObject();
        WriteContent(json, request, text, picture);
        json.WriteString("finishReason", "STOP");
        json.WriteNumber("index", 0);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, request, text, picture);
        json.WriteString("modelVersion", request.Model.Name);
        json.WriteString("responseId", Guid.NewGuid().ToString("N"));
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, EditRequest request, string? text, byte[]? picture)
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

        if (picture is not null)
        {
            WritePicture(json, picture, request.Model.SignsThoughts());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePicture(Utf8JsonWriter json, byte[] picture, bool signed)
    {
        json.WriteStartObject();
        json.WriteStartObject("inlineData");
        json.WriteString("mimeType", ImageFormat.Png.MimeType());
        json.WriteBase64String("data", picture);
        json.WriteEndObject();
        if (signed)
        {
            json.WriteString("thoughtSignature", ThoughtSignature.Of(Digest.Hex(Digest.Of(picture))));
        }

        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, EditRequest request, string? text, byte[]? picture)
    {
        var textIn = CountTokens(request.TextLength);
        var picturesIn = request.PictureCount * TokensOfPictureIn;
        // As upstream does, a picture's price is fixed: the words beside it are not counted.
        var (kindOut, tokensOut) = picture is not null ? ("IMAGE", TokensOfPictureOut) : ("TEXT", CountTokens(text?.Length ?? 0));
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", textIn + picturesIn);
        json.WriteNumber("candidatesTokenCount", tokensOut);
        json.WriteNumber("totalTokenCount", textIn + picturesIn + tokensOut);
        json.WriteStartArray("promptTokensDetails");
        WriteTokens(json, "TEXT", textIn);
        if (picturesIn > 0)
        {
            WriteTokens(json, "IMAGE", picturesIn);
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
