namespace Tokaify;

/// <summary>Whether the images that came are what was asked for: relays and models pass over a ratio or a size now and then.</summary>
internal static class RequestMatch
{
    // A side that was rounded to a multiple of 16 differs by less.
    private const double Tolerance = 0.02;

    private static readonly Dictionary<string, double> s_factors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["512"] = 0.5,
        ["512px"] = 0.5,
        ["1K"] = 1,
        ["2K"] = 2,
        ["4K"] = 4,
    };

    /// <summary>Compares images with what was asked for.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="aspectRatio">The ratio that was asked for; null for none.</param>
    /// <param name="imageSize">The size that was asked for; null for none.</param>
    /// <param name="images">The images.</param>
    /// <returns>Null if nothing was asked for, or it is not known how large an image is to be.</returns>
    public static bool? Of(string model, string? aspectRatio, string? imageSize, IReadOnlyList<SavedImage> images)
    {
        var known = ModelCatalog.CurrentOrBuiltIn.Find(model);
        var matches = images
            .Select(image => image.Width == 0 ? null : Of(new PixelSize(image.Width, image.Height), known, aspectRatio, imageSize))
            .Where(match => match is not null)
            .ToList();
        return matches.Count == 0 ? null : matches.All(match => match == true);
    }

    private static bool? Of(PixelSize image, ImageModel? model, string? aspectRatio, string? imageSize)
    {
        bool? hasShape = ShapeOf(model, aspectRatio) is { } shape ? IsNear(Ratio(image), shape) : null;
        bool? hasSize = imageSize is not null && ExpectedSize(image, model, aspectRatio, imageSize) is { } size
            // By the longer side: the shorter one is a matter of the ratio.
            ? IsNear(Math.Max(image.Width, image.Height), Math.Max(size.Width, size.Height))
            : null;
        return hasShape is null && hasSize is null ? null : hasShape != false && hasSize != false;
    }

    // What a model makes of a ratio is not quite that ratio.
    private static double? ShapeOf(ImageModel? model, string? aspectRatio) =>
        aspectRatio is null ? null
        : model?.OutputSize(aspectRatio) is { } size ? Ratio(size)
        : AspectRatio.Parse(aspectRatio);

    private static PixelSize? ExpectedSize(PixelSize image, ImageModel? model, string? aspectRatio, string imageSize)
    {
        if (model?.DefaultImageSize is not { } usual
            || !s_factors.TryGetValue(usual, out var usualFactor)
            || !s_factors.TryGetValue(imageSize, out var factor))
        {
            return null;
        }

        // Without a ratio, the model takes one of its own.
        var outputs = aspectRatio is null
            ? model.Outputs.Values.OrderBy(output => Math.Abs(Math.Log(Ratio(output) / Ratio(image)))).Cast<PixelSize?>().FirstOrDefault()
            : model.OutputSize(aspectRatio);
        return outputs is { } output
            ? new PixelSize((int)(output.Width * factor / usualFactor), (int)(output.Height * factor / usualFactor))
            : null;
    }

    private static double Ratio(PixelSize size) => (double)size.Width / size.Height;

    private static bool IsNear(double actual, double expected) => Math.Abs((actual / expected) - 1) <= Tolerance;
}
