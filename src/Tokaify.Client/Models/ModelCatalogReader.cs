using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the entries of a catalogue's JSON: <c>{"models": [{"name": "…", …}]}</c>.</summary>
/// <remarks>In loops, and not in queries, which .NET would have to compile anew for these structs: every session reads the
/// catalogue before its first edit.</remarks>
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

    // The most digits: of 16:9 and of 1344x768.
    private const int RatioDigits = 4;
    private const int SizeDigits = 6;

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

        var models = new List<ImageModel>();
        foreach (var entry in list.EnumerateArray())
        {
            models.Add(ReadEntry(entry, models.Count + 1, known));
        }

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

        var ratios = new List<string>();
        var sizes = new Dictionary<string, PixelSize>();
        foreach (var output in field.Value.EnumerateObject())
        {
            if (!TryPair(output.Name, ':', RatioDigits, out _))
            {
                throw Wrong(field, $"by aspect ratio, such as 16:9, not '{output.Name}'");
            }

            if (!ratios.Contains(output.Name))
            {
                ratios.Add(output.Name);
            }

            if (output.Value.ValueKind != JsonValueKind.Null)
            {
                sizes[output.Name] = Size(output);
            }
        }

        return _model with { AspectRatios = ratios, Outputs = sizes };
    }

    private PixelSize Size(JsonProperty output) =>
        output.Value.ValueKind == JsonValueKind.String && TryPair(output.Value.GetString()!, 'x', SizeDigits, out var size)
            ? size
            : throw Wrong(output, "a size in pixels such as \"1344x768\", or null where it is not known");

    private static bool TryPair(string text, char separator, int digits, out PixelSize pair)
    {
        pair = default;
        var middle = text.IndexOf(separator);
        if (middle < 0
            || !TryNumber(text.Substring(0, middle), digits, out var first)
            || !TryNumber(text.Substring(middle + 1), digits, out var second))
        {
            return false;
        }

        pair = new PixelSize(first, second);
        return true;
    }

    private static bool TryNumber(string text, int digits, out int number)
    {
        number = 0;
        return text.Length > 0
            && text.Length <= digits
            && text[0] != '0'
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
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

    private List<string> Texts(JsonProperty field)
    {
        var texts = new List<string>();
        foreach (var item in Items(field))
        {
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw WrongTexts(field));
        }

        return texts;
    }

    private JsonElement.ArrayEnumerator Items(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : throw WrongTexts(field);

    private FormatException WrongTexts(JsonProperty field) => Wrong(field, "a list of texts");

    private FormatException Wrong(JsonProperty field, string wanted) =>
        new($"\"{field.Name}\" of {_model.Name} has to be {wanted}");
}
