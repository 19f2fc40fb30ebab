using System.Globalization;

namespace Tokaify;

/// <summary>Aspect ratios as the API writes them: <c>width:height</c>.</summary>
internal static class AspectRatio
{
    /// <summary>The value that stands for the ratio of each source.</summary>
    public const string Source = "Source";

    /// <summary>Whether a value stands for the ratio of each source.</summary>
    public static bool IsSource(string? value) => string.Equals(value, Source, StringComparison.OrdinalIgnoreCase);

    /// <summary>The ratio as a number: width divided by height.</summary>
    /// <returns>Null if it cannot be read.</returns>
    public static double? Parse(string? ratio) =>
        ratio?.Split(':') is { Length: 2 } sides
        && double.TryParse(sides[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var width)
        && double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var height)
        && width > 0
        && height > 0
            ? width / height
            : null;

    /// <summary>The model's ratio that is nearest to that of an image. Logarithms are compared, so that twice as wide is as far as twice as
    /// high.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="image">The image.</param>
    /// <returns>One of the model's ratios; of two equally near ones, the first.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the model's ratios are not known;
    /// <see cref="TokaifyErrorId.UnsupportedImage"/> if the image's size cannot be read.</exception>
    public static string Nearest(string model, SourceImage image) => Nearest(model, image, ModelCatalog.Current);

    /// <summary>The same, of a model of another catalogue.</summary>
    internal static string Nearest(string model, SourceImage image, ModelCatalog catalog)
    {
        var ratios = Of(model, catalog);
        var size = image.ReadDisplaySize() ?? throw new TokaifyException(
            TokaifyErrorId.UnsupportedImage,
            $"The size of '{image.Path}' cannot be read, so the nearest aspect ratio is not known. Name an aspect ratio, or leave it out.");
        var shape = Math.Log((double)size.Width / size.Height);
        return ratios.OrderBy(ratio => Math.Abs(Math.Log(Parse(ratio) ?? double.MaxValue) - shape)).First();
    }

    /// <summary>The ratios of a model.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if they are not known.</exception>
    public static IReadOnlyList<string> Of(string model) => Of(model, ModelCatalog.Current);

    /// <summary>The same, of a model of another catalogue.</summary>
    internal static IReadOnlyList<string> Of(string model, ModelCatalog catalog) => catalog.Find(model) is { AspectRatios.Count: > 0 } known
        ? known.AspectRatios
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"The catalogue has no aspect ratios for {model}, so no ratio can be chosen. Name one, or add the model to the catalogue.");
}
