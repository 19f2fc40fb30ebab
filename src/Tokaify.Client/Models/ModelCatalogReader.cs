using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the entries of a catalogue's JSON: <c>{"models": [{"name": "…", …}]}</c>.</summary>
/// <remarks>This code uses loops instead of LINQ, which .NET would have to compile for these structs. Every session reads the catalogue
/// before its first edit.</remarks>
internal sealed class ModelCatalogReader
{
    private const string Fields =
        "name, displayName, description, isDefault, inputMimeTypes, maxInputImages, imageSizes, defaultImageSize, outputs, "
        + "thinkingLevels, defaultThinkingLevel, price, tokens, retiresOn, retiresOnIsEarliest, replacement";

    private static readonly JsonDocumentOptions s_options = new()
    {
        // The file is usually written by hand.
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    // The greatest number of digits in 16:9 and in 1344x768.
    private const int RatioDigits = 4;
    private const int SizeDigits = 6;

    private readonly ImageModel _known;
    private readonly bool _isBuiltIn;
    private ImageModel _model;

    private ModelCatalogReader(ImageModel known, bool isBuiltIn)
    {
        _known = known;
        _isBuiltIn = isBuiltIn;
        _model = known;
    }

    /// <summary>Reads all entries.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="known">Returns the known entry of a name, whose fields are kept if the new entry does not have them. Null for the
    /// built-in catalogue, whose prices are list prices.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not a catalogue; the message says where and why.</exception>
    public static List<ImageModel> Read(Stream json, Func<string, ImageModel?>? known)
    {
        using var document = JsonDocument.Parse(json, s_options);
        var root = document.RootElement;
        if (known is not null)
        {
            JsonText.Check(root);
        }

        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("models", out var list)
            || list.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("it is not an object with a list \"models\"");
        }

        var models = new List<ImageModel>();
        foreach (var entry in list.EnumerateArray())
        {
            models.Add(ReadEntry(entry, models.Count + 1, known));
        }

        EnsureUnique(models);
        return models;
    }

    private static void EnsureUnique(List<ImageModel> models)
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

    private static ImageModel ReadEntry(JsonElement entry, int number, Func<string, ImageModel?>? known)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("name", out var value)
            || value.ValueKind != JsonValueKind.String
            || string.IsNullOrWhiteSpace(value.GetString()))
        {
            throw new FormatException($"entry {number} has no \"name\"");
        }

        var name = ModelCatalog.BareName(value.GetString()!.Trim());
        var start = (known?.Invoke(name) ?? new ImageModel { Name = name }) with { IsDefault = false };
        if (entry.TryGetProperty("retiresOn", out _))
        {
            // A new day is a fixed day unless the entry says otherwise, even if the old day was only the earliest one.
            start = start with { RetiresOnIsEarliest = false };
        }

        var reader = new ModelCatalogReader(start, isBuiltIn: known is null);
        foreach (var field in entry.EnumerateObject())
        {
            reader.ReadField(field);
        }

        reader.CheckChoices();
        return reader._model;
    }

    // Called after all fields are read, because they may be in any order.
    private void CheckChoices()
    {
        var size = Choice("defaultImageSize", _model.DefaultImageSize, _known.DefaultImageSize, _model.ImageSizes);
        _model = _model with
        {
            // The API's own default.
            DefaultImageSize = size ?? (_model.ImageSizes.Contains("1K") ? "1K" : null),
            DefaultThinkingLevel = Choice(
                "defaultThinkingLevel", _model.DefaultThinkingLevel, _known.DefaultThinkingLevel, _model.ThinkingLevels),
        };
        // If the user's entry removes sizes of a known model, their prices stay, which does no harm.
        if (_model.Price is { } price && !ReferenceEquals(price, _known.Price))
        {
            foreach (var priced in price.PerImageBySize.Keys)
            {
                EnsureSupported("perImage", priced, _model.ImageSizes);
            }
        }
    }

    private string? Choice(string field, string? value, string? known, IReadOnlyList<string> choices)
    {
        if (value is not null && value != known)
        {
            EnsureSupported(field, value, choices);
        }

        return value is not null && choices.Contains(value) ? value : null;
    }

    private void EnsureSupported(string field, string value, IReadOnlyList<string> choices)
    {
        if (!choices.Contains(value))
        {
            throw new FormatException(
                $"\"{field}\" of {_model.Name} names '{value}', "
                + (choices.Count == 0 ? "and the model has no such choice" : $"and the model takes {string.Join(", ", choices)}"));
        }
    }

    private void ReadField(JsonProperty field)
    {
        _model = field.Name switch
        {
            "name" => _model,
            "displayName" => _model with { DisplayName = Text(field) },
            "description" => _model with { Description = Text(field) },
            "isDefault" => _model with { IsDefault = Boolean(field) },
            "inputMimeTypes" => _model with { InputMimeTypes = Texts(field) },
            "maxInputImages" => _model with { MaxInputImages = Count(field) },
            "imageSizes" => _model with { ImageSizes = Texts(field) },
            "defaultImageSize" => _model with { DefaultImageSize = TextOrNull(field) },
            "outputs" => WithOutputs(field),
            "thinkingLevels" => _model with { ThinkingLevels = Texts(field) },
            "defaultThinkingLevel" => _model with { DefaultThinkingLevel = TextOrNull(field) },
            "price" => _model with { Price = ModelPriceReader.Read(field.Value, _model.Name, _known.Price, _isBuiltIn) },
            "tokens" => _model with { Tokens = ModelTokens.Read(field.Value, _model.Name) },
            "retiresOn" => WithRetiresOn(field),
            "retiresOnIsEarliest" => _model with { RetiresOnIsEarliest = Boolean(field) },
            "replacement" => _model with { Replacement = TextOrNull(field) },
            // A misspelled field is an error, because it would be ignored otherwise.
            _ => throw new FormatException($"{_model.Name} has the unknown field \"{field.Name}\"; the known ones are {Fields}"),
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

    private ImageModel WithRetiresOn(JsonProperty field) => _model with
    {
        RetiresOn = field.Value.ValueKind == JsonValueKind.Null ? null
            : field.Value.ValueKind == JsonValueKind.String && CatalogDate.TryDay(field.Value.GetString()!) is { } day ? day
            : throw Wrong(field, "a day such as \"2026-10-31\", or null if none is announced"),
    };

    private PixelSize Size(JsonProperty output) =>
        output.Value.ValueKind == JsonValueKind.String && TryPair(output.Value.GetString()!, 'x', SizeDigits, out var size)
            ? size
            : throw Wrong(output, "a size in pixels such as \"1344x768\", or null if it is not known");

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

    private string? TextOrNull(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Null ? null : Text(field);

    private bool Boolean(JsonProperty field) => field.Value.ValueKind switch
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
