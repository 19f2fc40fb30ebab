using System.Globalization;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The settings in <c>generationConfig</c> and the fields beside it.</summary>
internal sealed record GenerationSettings
{
    private static readonly string[] s_bothModalities = ["TEXT", "IMAGE"];

    /// <summary>The content of the response. Default: text and image.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = s_bothModalities;

    /// <summary>The aspect ratio; null for 1:1, the API's default.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The image size; null for the model's default, 1K.</summary>
    public string? ImageSize { get; init; }

    /// <summary>All other settings, as sorted <c>name=json</c>. The emulator cannot emulate their effect, but requests with different
    /// settings are different requests.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <exception cref="RefusedRequestException">The API would refuse it.</exception>
    public static GenerationSettings Read(JsonElement request, ImageModel model)
    {
        var others = ReadOthers(request, "contents", "system_instruction", "generation_config");
        if (request.Field("generation_config") is not { } config)
        {
            return new GenerationSettings { Others = others };
        }

        CheckRanges(config);
        var image = config.Field("image_config");
        return new GenerationSettings
        {
            Modalities = ReadModalities(config, model),
            AspectRatio = ReadAspectRatio(image, model),
            ImageSize = ReadChoice(image, "image_size", model.ImageSizes),
            Others = [.. others, .. ReadOthers(config, "response_modalities", "image_config")],
        };
    }

    private static IReadOnlyList<string> ReadModalities(JsonElement config, ImageModel model)
    {
        var asked = config.Items("response_modalities").Select(item => item.GetString()!).ToList();
        foreach (var (modality, index) in asked.Select((modality, index) => (modality, index)))
        {
            if (!s_bothModalities.Contains(modality))
            {
                var path = $"generation_config.response_modalities[{index}]";
                throw Refusals.Invalid([new FieldViolation(path, $"Invalid value at '{path}' (TYPE_ENUM), \"{modality}\"")]);
            }
        }

        if (asked.Contains("IMAGE") && !model.MakesImages())
        {
            throw Refusals.Invalid($"Model does not support the requested response modalities: {string.Join(", ", asked)}");
        }

        return asked.Count > 0 ? asked : s_bothModalities;
    }

    // An entry of the user's catalogue may lack the ratios of its model.
    private static string? ReadAspectRatio(JsonElement? imageConfig, ImageModel model) =>
        model.MakesImages() && model.AspectRatios.Count == 0
            ? imageConfig?.Text("aspect_ratio")
            : ReadChoice(imageConfig, "aspect_ratio", model.AspectRatios);

    private static string? ReadChoice(JsonElement? imageConfig, string name, IReadOnlyList<string> choices)
    {
        var value = imageConfig?.Text(name);
        if (value is null || choices.Contains(value))
        {
            return value;
        }

        throw Refusals.Invalid("generation_config.image_config." + name, choices.Count == 0
            ? $"{name} is not supported by this model"
            : $"{name} must be one of {string.Join(", ", choices.Select(choice => $"'{choice}'"))}; it is '{value}'");
    }

    private static void CheckRanges(JsonElement config)
    {
        CheckRange(config, "temperature", 0, 2);
        CheckRange(config, "top_p", 0, 1);
        CheckRange(config, "top_k", 1, int.MaxValue);
        CheckRange(config, "max_output_tokens", 1, int.MaxValue);
        CheckRange(config, "candidate_count", 1, 1);
    }

    private static void CheckRange(JsonElement config, string name, double lowest, double highest)
    {
        if (config.Field(name)?.GetDouble() is { } value && (value < lowest || value > highest))
        {
            throw Refusals.Invalid("generation_config." + name, string.Format(
                CultureInfo.InvariantCulture, "{0} must be in the range [{1}, {2}]", name, lowest, highest));
        }
    }

    private static List<string> ReadOthers(JsonElement message, params string[] except) =>
        [.. message.EnumerateObject()
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => (Name: WireNames.Snake(property.Name), property.Value))
            .Where(field => !except.Contains(field.Name))
            .Select(field => field.Name + "=" + field.Value.GetRawText())
            .OrderBy(field => field, StringComparer.Ordinal)];
}
