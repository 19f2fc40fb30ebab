using System.Text.Json;

namespace Tokaify;

/// <summary>The search results of a response, as journals and conversations store them.</summary>
/// <param name="Sources">The pages and images that the search found.</param>
/// <param name="SearchEntryPoint">The HTML that the search service provides for display; null if there is none.</param>
internal sealed record Grounding(IReadOnlyList<GroundingSource> Sources, string? SearchEntryPoint)
{
    private const string SourcesField = "sources";
    private const string EntryPointField = "searchEntryPoint";

    /// <summary>The value for a response without a search.</summary>
    public static Grounding None { get; } = new([], SearchEntryPoint: null);

    /// <summary>Writes its fields into an object. Without a search, nothing is written.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        if (Sources.Count == 0 && SearchEntryPoint is null)
        {
            return;
        }

        json.WriteStartArray(SourcesField);
        foreach (var source in Sources)
        {
            json.WriteStartObject();
            json.WriteString("title", source.Title);
            json.WriteString("uri", source.Uri);
            json.WriteString("imageUri", source.ImageUri);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString(EntryPointField, SearchEntryPoint);
    }

    /// <summary>Reads the fields that <see cref="WriteTo"/> wrote.</summary>
    public static Grounding Read(JsonElement json) => !json.TryGetProperty(SourcesField, out var sources)
        ? None
        : new Grounding([.. sources.EnumerateArray().Select(ReadSource)], Text(json, EntryPointField));

    private static GroundingSource ReadSource(JsonElement json) => new(Text(json, "title"), Text(json, "uri"), Text(json, "imageUri"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
