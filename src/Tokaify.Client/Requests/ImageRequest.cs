namespace Tokaify;

/// <summary>What one call of <c>generateContent</c> asks for.</summary>
public sealed record ImageRequest
{
    /// <summary>The model's name. Default: the catalogue's default.</summary>
    public string Model { get; init; } = ModelCatalog.BuiltIn.Default.Name;

    /// <summary>The instruction: <c>contents[].parts[].text</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>The pictures, the one to edit first: <c>contents[].parts[].inline_data</c>.</summary>
    public IReadOnlyList<SourceImage> Images { get; init; } = [];

    /// <summary>The picture to edit; null for a picture from text alone.</summary>
    public SourceImage? Source => Images.Count > 0 ? Images[0] : null;

    /// <summary><c>generationConfig.imageConfig.aspectRatio</c>, such as <c>16:9</c>; null leaves the field out.</summary>
    public string? AspectRatio { get; init; }

    /// <summary><c>systemInstruction</c>: what holds whatever the prompt says; null leaves the field out.</summary>
    public string? SystemInstruction { get; init; }

    /// <summary>What was said before, as it goes over the wire again.</summary>
    internal IReadOnlyList<Content> History { get; init; } = [];

    /// <summary>Looks for what the service would refuse, where the model is known.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Prompt))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The prompt is empty. Say what to change in the picture.");
        }

        if (string.IsNullOrWhiteSpace(Model))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The model's name is empty. Get-TokaifyModel lists the known ones.");
        }

        if (AspectRatio is { } ratio
            && ModelCatalog.BuiltIn.Find(Model) is { } model
            && !model.AspectRatios.Contains(ratio, StringComparer.Ordinal))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"{model.Name} has no aspect ratio '{ratio}'. It takes {string.Join(", ", model.AspectRatios)}.");
        }
    }
}
