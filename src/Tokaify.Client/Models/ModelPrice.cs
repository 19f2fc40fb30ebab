using System.Globalization;

namespace Tokaify;

/// <summary>The price of a model: an amount for each image, for tokens, or for both.</summary>
public sealed record ModelPrice
{
    /// <summary>The currency, as ISO 4217 writes it: <c>USD</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>The price of an image of any size; null if it depends on the size, or is not known.</summary>
    public decimal? PerImage { get; init; }

    /// <summary>The price of an image by image size (<c>1K</c>, <c>2K</c> …); empty if it does not depend on the size.</summary>
    public IReadOnlyDictionary<string, decimal> PerImageBySize { get; init; } = new Dictionary<string, decimal>();

    /// <summary>The price of a million tokens of the request; null if only images are billed, or if it is not known.</summary>
    public decimal? PerMillionInputTokens { get; init; }

    /// <summary>The price of a million tokens of the response, thinking included; null as for
    /// <see cref="PerMillionInputTokens"/>.</summary>
    public decimal? PerMillionOutputTokens { get; init; }

    /// <summary>The time at which it was looked up: a month (<c>2026-10</c>) or a day; null if the catalogue does not say.</summary>
    public string? AsOf { get; init; }

    /// <summary>The source of the price; null if the catalogue does not say.</summary>
    public string? Source { get; init; }

    /// <summary>Whether it is Google's list price, which comes with the module, and not the user's own entry.</summary>
    public bool IsListPrice { get; init; }

    /// <summary>Whether images have a price, so that the tokens of images are not billed as output tokens.</summary>
    public bool IsPerImage => PerImage is not null || PerImageBySize.Count > 0;

    /// <summary>The price of an image.</summary>
    /// <param name="imageSize">Its size; null if it is not known.</param>
    /// <returns>Null if the price is not known.</returns>
    public decimal? OfImage(string? imageSize) =>
        PerImage
        ?? (imageSize is not null && PerImageBySize.TryGetValue(WithoutUnit(imageSize), out var price) ? price : null);

    /// <summary>The lowest and the highest price of an image, with the currency, for a table: <c>USD 0.045-0.151</c>.</summary>
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

    // 512 can also be written as 512px.
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
