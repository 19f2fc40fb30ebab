using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokaify;

/// <summary>The rest of a request in a journal: its JSON without <c>contents</c>, fields sorted by name.</summary>
internal sealed class JournalOptions
{
    private readonly JsonElement _json;

    private JournalOptions(JsonElement json) => _json = json;

    /// <summary>Returns the options of a request.</summary>
    public static string Of(ImageRequest request)
    {
        using var json = JsonDocument.Parse(RequestFields.Of(request).ToJsonString(new JsonSerializerOptions { Encoder = CanonicalJson.Options.Encoder }));
        return Encoding.UTF8.GetString(CanonicalJson.Of(writer => CanonicalJson.Write(writer, json.RootElement)));
    }

    /// <summary>Reads options; returns null if they are not a JSON object.</summary>
    public static JournalOptions? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            JsonText.Check(json.RootElement);
            return json.RootElement.ValueKind == JsonValueKind.Object ? new JournalOptions(json.RootElement.Clone()) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The aspect ratio; null if there is none.</summary>
    public static string? AspectRatioIn(JsonElement options) => TextIn(options, "aspectRatio");

    /// <summary>Returns a request with these options. The fields that the catalogue and the variations use become properties, the rest
    /// becomes additional properties.</summary>
    public ImageRequest Apply(ImageRequest request) => request with
    {
        AspectRatio = TextIn(_json, "aspectRatio"),
        ImageSize = TextIn(_json, "imageSize"),
        // Each variation uses the next seed.
        Seed = JsonMerge.Find(_json, "generationConfig", "seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetInt32(out var number) ? number : null,
        AdditionalProperties = WithoutSeed(),
    };

    private JsonElement WithoutSeed()
    {
        var options = JsonObject.Create(_json)!;
        (options["generationConfig"] as JsonObject)?.Remove("seed");
        using var json = JsonDocument.Parse(options.ToJsonString());
        return json.RootElement.Clone();
    }

    private static string? TextIn(JsonElement options, string field) =>
        JsonMerge.Find(options, "generationConfig", "imageConfig", field) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
