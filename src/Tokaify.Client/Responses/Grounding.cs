using System.Text.Json;

namespace Tokaify;

/// <summary>What a response rests on, as journals and conversations keep it.</summary>
/// <param name="Sources">What the search found.</param>
/// <param name="SearchEntryPoint">The search's own HTML; null for none.</param>
internal sealed record Grounding(IReadOnlyList<GroundingSource> Sources, string? SearchEntryPoint)
{
    private const string SourcesField = "sources";
    private const string EntryPointField = "searchEntryPoint";

    /// <summary>No search.</summary>
    public static Grounding None { get; } = new([], SearchEntryPoint: null);

    /// <summary>Writes its fields into an object. Without a search there are none.</summary>
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

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    public static Grounding Read(JsonElement json) => !json.TryGetProperty(SourcesField, out var sources)
        ? None
        : new Grounding([.. sources.EnumerateArray().Select(ReadSource)], Text(json, EntryPointField));

    private static GroundingSource ReadSource(JsonElement json) => new(Text(json, "title"), Text(json, "uri"), Text(json, "imageUri"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
