using System.Globalization;

namespace Tokaify;

/// <summary>Checks the values of a request before it is sent.</summary>
/// <remarks>The ranges are those of Google's reference of <c>GenerationConfig</c>; the values of a model are those of the
/// catalogue.</remarks>
internal static class RequestRules
{
    /// <summary>Checks the model, and the values that depend on it. For a model that is not in the catalogue, all values are
    /// allowed.</summary>
    public static void CheckModel(ImageRequest request, int imagesToCome)
    {
        if (string.IsNullOrWhiteSpace(request.Model))
        {
            throw Invalid("The model's name is empty.", ErrorAdvice.NameModel);
        }

        if (request.Models.Find(request.Model) is not { } model)
        {
            return;
        }

        if (request.AspectRatio is { } ratio && model.AspectRatios.Count > 0 && !model.AspectRatios.Contains(ratio, StringComparer.Ordinal))
        {
            throw Invalid(
                $"{model.Name} has no aspect ratio '{ratio}'. It takes {string.Join(", ", model.AspectRatios)}.{ModelsWith(ratio, request.Models)}");
        }

        if (request.ImageSize is { } size && !model.ImageSizes.Contains(size, StringComparer.Ordinal))
        {
            throw Invalid(model.ImageSizes.Count == 0
                ? $"{model.Name} takes no image size: the aspect ratio decides. Leave '{size}' out, or choose another model."
                : $"{model.Name} has no image size '{size}'. It takes {string.Join(", ", model.ImageSizes)}.");
        }

        CheckThinking(model, request.ThinkingLevel, request.Models);
        CheckImages(model, request.Images.Count + imagesToCome);
    }

    /// <summary>Checks the numbers.</summary>
    public static void CheckRanges(ImageRequest request)
    {
        CheckRange("temperature", request.Temperature, 0, 2);
        CheckRange("top-p", request.TopP, 0, 1);
        CheckRange("top-k", request.TopK, 1, int.MaxValue);
        CheckRange("greatest number of output tokens", request.MaxOutputTokens, 1, int.MaxValue);
    }

    /// <summary>Checks that the additional properties are an object without <c>contents</c>: images and prompt are streamed, so they cannot
    /// be merged.</summary>
    public static void CheckAdditionalProperties(ImageRequest request)
    {
        if (request.AdditionalProperties is not { } properties)
        {
            return;
        }

        if (properties.ValueKind != System.Text.Json.JsonValueKind.Object)
        {
            throw Invalid("The additional properties are not a JSON object.");
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (JsonMerge.IsSameName(property.Name, "contents"))
            {
                throw Invalid(
                    "The additional properties contain 'contents', which has the prompt and the pictures. "
                    + "Set the prompt and the pictures themselves instead.");
            }
        }
    }

    /// <summary>Whether a ratio exceeds 4:1 or 1:4.</summary>
    public static bool IsExtreme(string? aspectRatio) => AspectRatio.Parse(aspectRatio) is { } ratio && Math.Max(ratio, 1 / ratio) > 4;

    // A model without known ratios is not named, although it may accept any ratio.
    private static string ModelsWith(string ratio, ModelCatalog catalog)
    {
        var models = catalog.Models.Where(model => model.AspectRatios.Contains(ratio, StringComparer.Ordinal)).ToList();
        return models.Count == 0 ? " No model of the catalogue has it." : $" {string.Join(", ", models.Select(model => model.Name))} {(models.Count == 1 ? "has" : "have")} it.";
    }

    private static void CheckThinking(ImageModel model, string? level, ModelCatalog catalog)
    {
        if (level is null || model.ThinkingLevels.Contains(level, StringComparer.Ordinal))
        {
            return;
        }

        var others = catalog.Models.Where(each => each.ThinkingLevels.Contains(level, StringComparer.Ordinal)).Select(each => each.Name);
        throw Invalid(model.ThinkingLevels.Count == 0
            ? $"{model.Name} has no thinking level to choose. Leave '{level}' out, or choose another model: {string.Join(", ", others)}."
            : $"{model.Name} has no thinking level '{level}'. It takes {string.Join(", ", model.ThinkingLevels)}.");
    }

    private static void CheckImages(ImageModel model, int count)
    {
        if (model.MaxInputImages > 0 && count > model.MaxInputImages)
        {
            throw Invalid(
                $"{model.Name} takes {model.MaxInputImages} pictures in one request; with the references these are {count}. "
                + "Leave some out.");
        }
    }

    private static void CheckRange(string name, double? value, double lowest, double highest)
    {
        // Written with a negation so that NaN is rejected too.
        if (value is { } number && !(number >= lowest && number <= highest))
        {
            throw Invalid(string.Format(
                CultureInfo.InvariantCulture,
                highest == int.MaxValue ? "The {0} is {1}; it has to be {2} or more." : "The {0} is {1}; it has to be between {2} and {3}.",
                name, number, lowest, highest));
        }
    }

    private static TokaifyException Invalid(string message, ErrorAdvice? advice = null) =>
        new(TokaifyErrorId.InvalidArgument, message) { Advice = advice };
}
