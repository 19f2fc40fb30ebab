using System.Text.Json;

namespace Tokaify;

/// <summary>The number of tokens that a model counts for images.</summary>
/// <remarks>Source: the models' pages in Google's documentation.</remarks>
public sealed record ModelTokens
{
    /// <summary>Tokens of an image in a request; null if not known.</summary>
    public int? PerInputImage { get; init; }

    /// <summary>Tokens of an image of any size in a response; null if the number depends on the size, or is not known.</summary>
    public int? PerImage { get; init; }

    /// <summary>Tokens of an image in a response by image size (<c>1K</c>, <c>2K</c> …); empty if the number does not depend on the
    /// size.</summary>
    public IReadOnlyDictionary<string, int> PerImageBySize { get; init; } = new Dictionary<string, int>();

    /// <summary>Tokens of an image in a response.</summary>
    /// <param name="imageSize">Its size; null if it is not known.</param>
    /// <returns>Null if the number is not known.</returns>
    public int? OfImage(string? imageSize) =>
        PerImage ?? (imageSize is not null && PerImageBySize.TryGetValue(ModelPrice.WithoutUnit(imageSize), out var count) ? count : null);

    /// <summary>The counts.</summary>
    public override string ToString() => string.Join(
        ", ",
        new[] { PerImage?.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) }
            .Concat(PerImageBySize.Select(size => $"{size.Key} {size.Value}"))
            .Append(PerInputImage is { } input ? $"{input} of an input image" : null)
            .Where(part => part is not null));

    /// <summary>Reads the <c>tokens</c> of a catalogue's entry: <c>{"perInputImage": 1120, "perImage": 1290}</c>.</summary>
    /// <returns>Null if the value is null, which means that the numbers are not known.</returns>
    /// <exception cref="FormatException">It is invalid; the message says how it has to be written.</exception>
    internal static ModelTokens? Read(JsonElement value, string model)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var tokens = new ModelTokens();
        foreach (var field in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong(model))
        {
            tokens = field.Name switch
            {
                "perInputImage" => tokens with { PerInputImage = Count(field.Value, model) },
                "perImage" when field.Value.ValueKind == JsonValueKind.Object => tokens with { PerImageBySize = BySize(field.Value, model) },
                "perImage" => tokens with { PerImage = Count(field.Value, model) },
                _ => throw Wrong(model),
            };
        }

        return tokens;
    }

    private static Dictionary<string, int> BySize(JsonElement value, string model)
    {
        var sizes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var size in value.EnumerateObject())
        {
            sizes[size.Name] = Count(size.Value, model);
        }

        return sizes;
    }

    private static int Count(JsonElement value, string model) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? count : throw Wrong(model);

    private static FormatException Wrong(string model) => new(
        $"\"tokens\" of {model} has to be an object of whole numbers such as {{\"perInputImage\": 1120, \"perImage\": {{\"1K\": 1120}}}}, or null");
}
