using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes image sizes: those of the model in the command line, of the session's model, or of the default model. For a model
/// that takes no size or is not in the catalogue: all sizes, with the models that take them.</summary>
public sealed class ImageSizeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var catalog = Completions.Catalog;
        var name = Completions.ModelName(fakeBoundParameters);
        var model = catalog.Find(name);
        var sizes = model is null or { ImageSizes.Count: 0 }
            ? catalog.Models.SelectMany(each => each.ImageSizes).Distinct().Select(size => (size, DescribeTakers(catalog, size, model, name)))
            : model.ImageSizes.Select(size => (size, Describe(model, size, fakeBoundParameters["AspectRatio"]?.ToString())));
        return Completions.Of(wordToComplete, sizes);
    }

    private static string DescribeTakers(ModelCatalog catalog, string size, ImageModel? model, string name) =>
        $"{size}: with {string.Join(", ", catalog.Models.Where(each => each.ImageSizes.Contains(size)).Select(each => each.Name))}; "
        + (model is null ? $"it is not known whether {name} takes it" : $"{name} takes no size");

    // The catalogue has the pixels of 1K. The other sizes are multiples of it.
    private static string Describe(ImageModel model, string size, string? ratio)
    {
        if (model.OutputSize(ratio) is not { } pixels || Scale(size) is not { } scale)
        {
            return $"{size} with {model.Name}";
        }

        return string.Format(
            CultureInfo.InvariantCulture,
            "{0}: about {1}×{2} pixels at {3} with {4}",
            size, pixels.Width * scale, pixels.Height * scale, ratio ?? "1:1", model.Name);
    }

    private static double? Scale(string size) => size switch
    {
        "512" => 0.5,
        "1K" => 1,
        "2K" => 2,
        "4K" => 4,
        _ => null,
    };
}
