namespace Tokaify;

/// <summary>What one call of <c>generateContent</c> asks for.</summary>
public sealed record ImageRequest
{
    /// <summary>The model's name. Default: the catalogue's default.</summary>
    public string Model { get; init; } = ModelCatalog.Current.Default.Name;

    /// <summary>The instruction: <c>contents[].parts[].text</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>The pictures, the one to edit first: <c>contents[].parts[].inline_data</c>.</summary>
    public IReadOnlyList<SourceImage> Images { get; init; } = [];

    /// <summary>The picture to edit; null for a picture from text alone.</summary>
    public SourceImage? Source => Images.Count > 0 ? Images[0] : null;

    /// <summary><c>generationConfig.imageConfig.aspectRatio</c>, such as <c>16:9</c>; null leaves the field out.</summary>
    public string? AspectRatio { get; init; }

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

        // Even where nothing is asked of it: a catalogue of the user's that cannot be read is said at once.
        var known = ModelCatalog.Current.Find(Model);
        if (AspectRatio is { } ratio
            && known is { AspectRatios.Count: > 0 } model
            && !model.AspectRatios.Contains(ratio, StringComparer.Ordinal))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"{model.Name} has no aspect ratio '{ratio}'. It takes {string.Join(", ", model.AspectRatios)}.");
        }
    }
}
