using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>Reads the entries of a catalogue's JSON: <c>{"models": [{"name": "…", …}]}</c>.</summary>
internal sealed class ModelCatalogReader
{
    private const string Fields =
        "name, displayName, description, isDefault, inputMimeTypes, maxInputImages, imageSizes, outputs";

    private static readonly JsonDocumentOptions s_options = new()
    {
        // Written by hand, as a rule.
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly Regex s_ratio = new("^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$", RegexOptions.CultureInvariant);
    private static readonly Regex s_size = new("^([1-9][0-9]{0,5})x([1-9][0-9]{0,5})$", RegexOptions.CultureInvariant);

    private ImageModel _model;

    private ModelCatalogReader(ImageModel model) => _model = model;

    /// <summary>Reads all entries.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="known">The entry that is known under a name: its fields stand where the new one leaves them out.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is no catalogue; the message says where and why.</exception>
    public static List<ImageModel> Read(Stream json, Func<string, ImageModel?> known)
    {
        using var document = JsonDocument.Parse(json, s_options);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("models", out var list)
            || list.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("it is no object with a list \"models\"");
        }

        var models = list.EnumerateArray().Select((entry, index) => ReadEntry(entry, index + 1, known)).ToList();
        EnsureOneOfEach(models);
        return models;
    }

    private static void EnsureOneOfEach(List<ImageModel> models)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (models.FirstOrDefault(model => !names.Add(model.Name)) is { } twice)
        {
            throw new FormatException($"it names {twice.Name} twice");
        }

        if (models.Count(model => model.IsDefault) > 1)
        {
            throw new FormatException("it makes more than one model the default");
        }
    }

    private static ImageModel ReadEntry(JsonElement entry, int number, Func<string, ImageModel?> known)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("name", out var value)
            || value.ValueKind != JsonValueKind.String
            || string.IsNullOrWhiteSpace(value.GetString()))
        {
            throw new FormatException($"entry {number} has no \"name\"");
        }

        var name = ModelCatalog.BareName(value.GetString()!.Trim());
        var reader = new ModelCatalogReader((known(name) ?? new ImageModel { Name = name }) with { IsDefault = false });
        foreach (var field in entry.EnumerateObject())
        {
            reader.ReadField(field);
        }

        return reader._model;
    }

    private void ReadField(JsonProperty field)
    {
        _model = field.Name switch
        {
            "name" => _model,
            "displayName" => _model with { DisplayName = Text(field) },
            "description" => _model with { Description = Text(field) },
            "isDefault" => _model with { IsDefault = Truth(field) },
            "inputMimeTypes" => _model with { InputMimeTypes = Texts(field) },
            "maxInputImages" => _model with { MaxInputImages = Count(field) },
            "imageSizes" => _model with { ImageSizes = Texts(field) },
            "outputs" => WithOutputs(field),
            // A slip of the pen is better said than passed over.
            _ => throw new FormatException($"{_model.Name} has a field \"{field.Name}\" that is none: {Fields}"),
        };
    }

    private ImageModel WithOutputs(JsonProperty field)
    {
        if (field.Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(field, "an object such as {\"16:9\": \"1344x768\"}");
        }

        var outputs = field.Value.EnumerateObject().ToList();
        if (outputs.Find(output => !s_ratio.IsMatch(output.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } odd)
        {
            throw Wrong(field, $"by aspect ratio, such as 16:9, not '{odd.Name}'");
        }

        var sizes = new Dictionary<string, PixelSize>();
        foreach (var output in outputs.Where(output => output.Value.ValueKind != JsonValueKind.Null))
        {
            sizes[output.Name] = Size(output);
        }

        return _model with { AspectRatios = [.. outputs.Select(output => output.Name).Distinct()], Outputs = sizes };
    }

    private PixelSize Size(JsonProperty output)
    {
        var match = s_size.Match(output.Value.ValueKind == JsonValueKind.String ? output.Value.GetString()! : "");
        return match.Success
            ? new PixelSize(
                int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : throw Wrong(output, "a size in pixels such as \"1344x768\", or null where it is not known");
    }

    private string Text(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw Wrong(field, "a text");

    private bool Truth(JsonProperty field) => field.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(field, "true or false"),
    };

    private int Count(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw Wrong(field, "a whole number, 0 or greater");

    private string[] Texts(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Array
            && field.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. field.Value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong(field, "a list of texts");

    private FormatException Wrong(JsonProperty field, string wanted) =>
        new($"\"{field.Name}\" of {_model.Name} has to be {wanted}");
}
