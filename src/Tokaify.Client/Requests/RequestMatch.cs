namespace Tokaify;

/// <summary>Checks whether the returned images match the request: relays and models sometimes ignore a ratio or a size.</summary>
internal static class RequestMatch
{
    // Larger than the difference of a side that was rounded to a multiple of 16.
    private const double Tolerance = 0.02;

    private static readonly Dictionary<string, double> s_factors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["512"] = 0.5,
        ["512px"] = 0.5,
        ["1K"] = 1,
        ["2K"] = 2,
        ["4K"] = 4,
    };

    /// <summary>Compares images with a request.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="aspectRatio">The requested ratio; null if there is none.</param>
    /// <param name="imageSize">The requested size; null if there is none.</param>
    /// <param name="images">The images.</param>
    /// <param name="catalog">The catalogue; null for the catalogue of the environment, or the built-in one.</param>
    /// <returns>Null if neither was requested, or if the expected size is not known.</returns>
    public static bool? Of(string model, string? aspectRatio, string? imageSize, IReadOnlyList<SavedImage> images, ModelCatalog? catalog = null)
    {
        var known = (catalog ?? ModelCatalog.CurrentOrBuiltIn).Find(model);
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
            // The longer sides are compared; the shorter one depends on the ratio.
            ? IsNear(Math.Max(image.Width, image.Height), Math.Max(size.Width, size.Height))
            : null;
        return hasShape is null && hasSize is null ? null : hasShape != false && hasSize != false;
    }

    // The images of a model have the requested ratio only approximately.
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

        // Without a requested ratio, the model chooses one.
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
