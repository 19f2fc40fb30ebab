using System.Globalization;

namespace Tokaify;

/// <summary>What a model costs: an amount for each image, for tokens, or for both.</summary>
public sealed record ModelPrice
{
    /// <summary>The currency, as ISO 4217 writes it: <c>USD</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>The price of an image of any size; null where it depends on the size, or is not known.</summary>
    public decimal? PerImage { get; init; }

    /// <summary>The price of an image by image size (<c>1K</c>, <c>2K</c> …); empty where it does not depend on the size.</summary>
    public IReadOnlyDictionary<string, decimal> PerImageBySize { get; init; } = new Dictionary<string, decimal>();

    /// <summary>The price of a million tokens of the request; null where they cost nothing beside the images, or it is not known.</summary>
    public decimal? PerMillionInputTokens { get; init; }

    /// <summary>The price of a million tokens of the response, thinking included; null as above.</summary>
    public decimal? PerMillionOutputTokens { get; init; }

    /// <summary>When it was looked up: a month (<c>2026-10</c>) or a day; null where the catalogue does not say.</summary>
    public string? AsOf { get; init; }

    /// <summary>Where it comes from; null where the catalogue does not say.</summary>
    public string? Source { get; init; }

    /// <summary>Whether it is Google's list price, which comes with the module, and not what the user says the relay takes.</summary>
    public bool IsListPrice { get; init; }

    /// <summary>Whether images have a price of their own, so that output tokens are counted without those of images.</summary>
    public bool IsPerImage => PerImage is not null || PerImageBySize.Count > 0;

    /// <summary>The price of an image.</summary>
    /// <param name="imageSize">Its size; null where it is not known.</param>
    /// <returns>Null where it is not known.</returns>
    public decimal? OfImage(string? imageSize) =>
        PerImage
        ?? (imageSize is not null && PerImageBySize.TryGetValue(WithoutUnit(imageSize), out var price) ? price : null);

    /// <summary>From the smallest to the largest price of an image, with the currency, for a table: <c>USD 0.045-0.151</c>.</summary>
    public string Range
    {
        get
        {
            if (PerImage is { } flat)
            {
                return Text($"{Currency} {flat}");
            }

            if (PerImageBySize.Count == 0)
            {
                return $"{Currency}, by tokens";
            }

            var least = PerImageBySize.Values.Min();
            var most = PerImageBySize.Values.Max();
            return least == most ? Text($"{Currency} {least}") : Text($"{Currency} {least}-{most}");
        }
    }

    /// <summary>The amounts and the currency: <c>1K 0.067, 2K 0.101 USD</c>.</summary>
    public override string ToString() => $"{string.Join(", ", Amounts())} {Currency}";

    // 512 is also written 512px.
    internal static string WithoutUnit(string imageSize) =>
        imageSize.EndsWith("px", StringComparison.OrdinalIgnoreCase) ? imageSize.Substring(0, imageSize.Length - 2) : imageSize;

    private IEnumerable<string> Amounts()
    {
        if (PerImage is { } flat)
        {
            yield return Text($"{flat}");
        }

        foreach (var size in PerImageBySize)
        {
            yield return Text($"{size.Key} {size.Value}");
        }

        if (PerMillionInputTokens is { } input)
        {
            yield return Text($"{input} per million input tokens");
        }

        if (PerMillionOutputTokens is { } output)
        {
            yield return Text($"{output} per million output tokens");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
