using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokaify.Emulation;

/// <summary>A good answer taken apart, to be changed and put together again.</summary>
internal sealed class AnswerTree
{
    private AnswerTree(JsonObject root) => Root = root;

    public JsonObject Root { get; }

    public JsonObject Candidate => Root["candidates"]![0]!.AsObject();

    public JsonArray Parts => Candidate["content"]!["parts"]!.AsArray();

    /// <summary>The part that holds the picture; null in an answer of words alone.</summary>
    public JsonObject? PicturePart => Parts.FirstOrDefault(part => part!["inlineData"] is not null)?.AsObject();

    /// <summary>Its mimeType and data; null in an answer of words alone.</summary>
    public JsonObject? Picture => PicturePart?["inlineData"]!.AsObject();

    public static AnswerTree Of(RelayAnswer answer) => new(JsonNode.Parse(answer.Body.AsSpan())!.AsObject());

    public static JsonObject Text(string text) => new() { ["text"] = text };

    public static JsonObject PictureOf(byte[] png) => new()
    {
        ["inlineData"] = new JsonObject { ["mimeType"] = ImageFormat.Png.MimeType(), ["data"] = Convert.ToBase64String(png) },
    };

    public RelayAnswer ToAnswer() => RelayAnswer.Json(200, Write);

    public RelayAnswer ToIndentedAnswer() => RelayAnswer.Json(200, Write, isIndented: true);

    private void Write(Utf8JsonWriter json) => Root.WriteTo(json);
}
