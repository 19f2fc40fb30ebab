using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokaify.Emulation;

/// <summary>A good response as a JSON tree that can be changed.</summary>
internal sealed class ResponseTree
{
    private ResponseTree(JsonObject root) => Root = root;

    public JsonObject Root { get; }

    public JsonObject Candidate => Root["candidates"]![0]!.AsObject();

    public JsonArray Parts => Candidate["content"]!["parts"]!.AsArray();

    /// <summary>The part with the image; null if the response has only text.</summary>
    public JsonObject? ImagePart => Parts.FirstOrDefault(part => part!["inlineData"] is not null)?.AsObject();

    /// <summary>The object with the image's mimeType and data; null if the response has only text.</summary>
    public JsonObject? Image => ImagePart?["inlineData"]!.AsObject();

    public static ResponseTree Of(RelayResponse response) => new(JsonNode.Parse(response.Body.AsSpan())!.AsObject());

    public static JsonObject Text(string text) => new() { ["text"] = text };

    public static JsonObject ImageOf(byte[] png) => new()
    {
        ["inlineData"] = new JsonObject { ["mimeType"] = ImageFormat.Png.MimeType(), ["data"] = Convert.ToBase64String(png) },
    };

    public RelayResponse ToResponse() => RelayResponse.Json(200, Write);

    public RelayResponse ToIndentedResponse() => RelayResponse.Json(200, Write, isIndented: true);

    private void Write(Utf8JsonWriter json) => Root.WriteTo(json);
}
