namespace Tokaify;

/// <summary>The threshold at which a category of harm blocks a response: an entry of <c>safetySettings</c>.</summary>
/// <remarks>The names are from Google's references of <c>HarmCategory</c> and <c>HarmBlockThreshold</c>, for the Gemini API and for Vertex
/// AI. Names for older models and the unspecified values are left out. The categories of images and of jailbreaks exist only in Vertex AI:
/// according to Google's own client, the Gemini API does not accept them. Both references call the category of civic integrity
/// deprecated.</remarks>
public sealed record SafetySetting
{
    private const string CategoryPrefix = "HARM_CATEGORY_";
    private const string ThresholdPrefix = "BLOCK_";

    private SafetySetting(string category, string threshold)
    {
        Category = category;
        Threshold = threshold;
    }

    /// <summary>The known categories of harm.</summary>
    public static IReadOnlyList<string> Categories { get; } =
    [
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY",
        "HARM_CATEGORY_IMAGE_HATE",
        "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
        "HARM_CATEGORY_IMAGE_HARASSMENT",
        "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_JAILBREAK",
    ];

    /// <summary>The known thresholds, the strictest first.</summary>
    public static IReadOnlyList<string> Thresholds { get; } =
        ["BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"];

    /// <summary>The category, such as <c>HARM_CATEGORY_HARASSMENT</c>.</summary>
    public string Category { get; }

    /// <summary>The threshold, such as <c>BLOCK_ONLY_HIGH</c>.</summary>
    public string Threshold { get; }

    /// <summary>Creates a setting.</summary>
    /// <param name="category">A category, with or without its prefix (<c>Harassment</c>, <c>HateSpeech</c>). An unknown name is accepted if
    /// it has the prefix, because the service may have more categories by now.</param>
    /// <param name="threshold">A threshold, with or without its prefix (<c>OnlyHigh</c>, <c>None</c>). The same rule applies to unknown
    /// names.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static SafetySetting Of(string category, string threshold) => new(
        Find("category of harm", category, Categories, CategoryPrefix),
        Find("threshold", threshold, Thresholds, ThresholdPrefix));

    private static string Find(string what, string name, IReadOnlyList<string> known, string prefix)
    {
        if (known.FirstOrDefault(each => JsonMerge.IsSameName(each, name) || JsonMerge.IsSameName(each, prefix + name)) is { } found)
        {
            return found;
        }

        return name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? name.ToUpperInvariant()
            : throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"There is no {what} '{name}'. The known ones are {string.Join(", ", known)}.");
    }
}
