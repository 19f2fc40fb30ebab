using System.Text;
using System.Text.Json;

namespace Tokaify.PowerShell;

/// <summary>A request as a row of a table that <c>Invoke-TokaifyImageEdit</c> and <c>New-TokaifyImage</c> can read.</summary>
/// <param name="Cells">The columns that have a value, without those that name files.</param>
/// <param name="References">The full paths of the reference images.</param>
/// <param name="Folder">The full path of the folder for the images; null if it is not known.</param>
/// <param name="CommandLine">Parameters of the request that a row cannot have.</param>
internal sealed record RequestRow(
    IReadOnlyDictionary<string, string> Cells, IReadOnlyList<string> References, string? Folder, IReadOnlyList<string> CommandLine)
{
    private static readonly Dictionary<string, string> s_none = [];

    // The fields that the module's own parameters set. Any other field came from -AdditionalProperty.
    private static readonly string[] s_known = ["systemInstruction", "generationConfig", "safetySettings", "tools"];

    private static readonly string[] s_knownOfConfig =
    [
        "responseModalities", "imageConfig", "temperature", "topP", "topK", "maxOutputTokens", "seed", "thinkingConfig",
    ];

    /// <summary>Creates the row of an edit of this session.</summary>
    public static RequestRow Of(ImageEdit edit)
    {
        var origin = JournalOrigin.Of(edit);
        using var options = JsonDocument.Parse(JournalOptions.Of(edit.Request));
        return Of(
            edit.Request.Prompt, edit.Request.Model, options.RootElement, origin.ReferencePaths ?? [], origin.Folder, origin.NameTemplate,
            edit.Request.StripMetadata);
    }

    /// <summary>Creates the row of a journal line, or of a result that was read from a file.</summary>
    /// <param name="value">The object.</param>
    /// <remarks>Journal lines have <c>isTurn</c>. The data of errors has <c>IsTurn</c>, and is case-sensitive.</remarks>
    /// <returns>Null for a turn of a conversation, and if there is no prompt.</returns>
    public static RequestRow? Of(PropertyBag value) => (value.Boolean("isTurn") ?? value.Boolean("IsTurn")) == true || value.Text("Prompt") is not { } prompt ? null : Of(
        prompt,
        value.Text("Model"),
        OptionsOf(value),
        [.. value.Items("referencePaths").Select(path => path.ToString()!)],
        value.Text("folder"),
        value.Text("nameTemplate"),
        value.Boolean("stripsMetadata") == true,
        // Results have these values in separate properties.
        value.Text("RequestedAspectRatio") ?? value.Text("AspectRatio"),
        value.Text("RequestedImageSize"));

    /// <summary>The paths of the reference images and the folder.</summary>
    public IEnumerable<string> Files => Folder is null ? References : References.Append(Folder);

    /// <summary>Converts a request to a JSON object of texts.</summary>
    /// <param name="request">The request; null if it is not known.</param>
    /// <param name="source">The full path of the source; null if there is none.</param>
    /// <param name="saved">The full path of the first image; null if there is none.</param>
    /// <param name="link">Creates a link from a full path.</param>
    public static string ToJson(RequestRow? request, string? source, string? saved, Func<string, string> link)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var cell in request?.Cells ?? s_none)
            {
                json.WriteString(cell.Key, cell.Value);
            }

            WriteFiles("Path", source);
            WriteFiles("SavedAs", saved);
            WriteFiles("Destination", request?.Folder);
            WriteFiles("ReferenceImage", [.. request?.References ?? []]);
            json.WriteEndObject();

            void WriteFiles(string column, params string?[] paths)
            {
                if (paths.OfType<string>().ToList() is { Count: > 0 } known)
                {
                    // In links, this character is always encoded, so it can separate them.
                    json.WriteString(column, string.Join("|", known.Select(link)));
                }
            }
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static RequestRow Of(
        string prompt, string? model, JsonElement options, IReadOnlyList<string> references, string? folder, string? template,
        bool stripsMetadata, string? aspectRatio = null, string? imageSize = null)
    {
        var cells = new Dictionary<string, string>();
        void Add(string column, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                cells.Add(column, value!);
            }
        }

        Add("Prompt", prompt);
        Add("Model", model);
        Add("AspectRatio", TextIn(options, "generationConfig", "imageConfig", "aspectRatio") ?? aspectRatio);
        Add("ImageSize", TextIn(options, "generationConfig", "imageConfig", "imageSize") ?? imageSize);
        Add("ThinkingLevel", TextIn(options, "generationConfig", "thinkingConfig", "thinkingLevel"));
        Add("SystemInstruction", InstructionIn(options));
        Add("Temperature", TextIn(options, "generationConfig", "temperature"));
        Add("TopP", TextIn(options, "generationConfig", "topP"));
        Add("TopK", TextIn(options, "generationConfig", "topK"));
        Add("MaxOutputTokens", TextIn(options, "generationConfig", "maxOutputTokens"));
        Add("Seed", TextIn(options, "generationConfig", "seed"));
        Add("OutputName", template);
        return new RequestRow(cells, references, folder, [.. CommandLineOf(options, stripsMetadata)]);
    }

    private static IEnumerable<string> CommandLineOf(JsonElement options, bool stripsMetadata)
    {
        if (stripsMetadata)
        {
            yield return "-StripMetadata";
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (JsonMerge.Find(options, "generationConfig", "responseModalities") is { ValueKind: JsonValueKind.Array } modalities
            && modalities.EnumerateArray().Any(each => each.ValueKind == JsonValueKind.String && each.GetString() == "TEXT"))
        {
            yield return "-IncludeText";
        }

        if (JsonMerge.Find(options, "safetySettings") is not null)
        {
            yield return "-SafetySetting";
        }

        if (JsonMerge.Find(options, "tools") is not null)
        {
            yield return "-Tool";
        }

        if (HasOthers(options, s_known) || (JsonMerge.Find(options, "generationConfig") is { } config && HasOthers(config, s_knownOfConfig)))
        {
            yield return "-AdditionalProperty";
        }
    }

    private static bool HasOthers(JsonElement value, string[] known) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any(field => !known.Contains(field.Name));

    private static string? InstructionIn(JsonElement options) =>
        JsonMerge.Find(options, "systemInstruction", "parts") is { ValueKind: JsonValueKind.Array } parts
            ? string.Join("\n", parts.EnumerateArray().Select(part => TextIn(part, "text")).OfType<string>())
            : null;

    private static string? TextIn(JsonElement value, params string[] path) => JsonMerge.Find(value, path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    // Get-TokaifyJournal returns the options as text, ConvertFrom-Json as an object.
    private static JsonElement OptionsOf(PropertyBag value)
    {
        try
        {
            if (PropertyBag.Unwrap(value["options"]) is not string text)
            {
                return JsonValues.From(value["options"], "InputObject");
            }

            using var json = JsonDocument.Parse(text);
            JsonText.Check(json.RootElement);
            return json.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or FormatException or TokaifyException)
        {
            return default;
        }
    }
}
