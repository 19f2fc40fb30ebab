using System.Text.Json;

namespace Tokaify;

/// <summary>What one call of <c>generateContent</c> asks for.</summary>
public sealed record ImageRequest
{
    /// <summary>The greatest length of an inline request that upstream takes, in bytes, Base64 included. A relay or a proxy
    /// before it may take less.</summary>
    public const long MaximumInputLength = 20 * 1024 * 1024;

    /// <summary>The model's name. Default: the catalogue's default.</summary>
    public string Model { get; init; } = ModelCatalog.Current.Default.Name;

    /// <summary>The instruction: <c>contents[].parts[].text</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>The images, the one to edit first: <c>contents[].parts[].inline_data</c>.</summary>
    public IReadOnlyList<SourceImage> Images { get; init; } = [];

    /// <summary>The image to edit; null for an image from text alone.</summary>
    public SourceImage? Source => Images.Count > 0 ? Images[0] : null;

    /// <summary><c>generationConfig.imageConfig.aspectRatio</c>, such as <c>16:9</c>; null leaves the field out.</summary>
    public string? AspectRatio { get; init; }

    /// <summary><c>generationConfig.imageConfig.imageSize</c>: <c>512</c>, <c>1K</c>, <c>2K</c>, <c>4K</c>; null leaves the field out.</summary>
    public string? ImageSize { get; init; }

    /// <summary>Whether text is asked for beside the image: <c>generationConfig.responseModalities</c>.</summary>
    public bool IncludeText { get; init; }

    /// <summary>What holds for the whole conversation: <c>systemInstruction.parts[].text</c>; null leaves the field out.</summary>
    public string? SystemInstruction { get; init; }

    /// <summary><c>generationConfig.temperature</c>, 0 to 2; null for the model's default.</summary>
    public double? Temperature { get; init; }

    /// <summary><c>generationConfig.topP</c>, 0 to 1; null for the model's default.</summary>
    public double? TopP { get; init; }

    /// <summary><c>generationConfig.topK</c>, 1 or more; null for the model's default.</summary>
    public int? TopK { get; init; }

    /// <summary><c>generationConfig.maxOutputTokens</c>, 1 or more; null for the model's default.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary><c>generationConfig.thinkingConfig.thinkingLevel</c>, one of the model's; null for the model's default.</summary>
    public string? ThinkingLevel { get; init; }

    /// <summary><c>generationConfig.seed</c>; null lets the service choose.</summary>
    public int? Seed { get; init; }

    /// <summary><c>safetySettings</c>; empty for the service's own.</summary>
    public IReadOnlyList<SafetySetting> SafetySettings { get; init; } = [];

    /// <summary><c>tools</c>, as the API takes them: JSON objects.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Whether metadata of the images is left out of what is sent: position, camera, author, comments, thumbnails, XMP, IPTC, and
    /// what is behind an image's end. Orientation and colour profile stay. The files are not changed.</summary>
    public bool StripMetadata { get; init; }

    /// <summary>A JSON object that is merged into the request last, as RFC 7396 merges: objects deep, arrays whole, null
    /// removes. <c>contents</c> is not its own to change. Null for nothing.</summary>
    public JsonElement? AdditionalProperties { get; init; }

    /// <summary>The length of the images in the request, in bytes of Base64.</summary>
    public long InputLength => Images.Sum(image => RequestBody.Base64Length(image.Length));

    /// <summary>Whether the image is to be longer than 4:1 either way, which the page of gemini-3.1-flash-image-preview
    /// warns of: the details of a subject become less stable.</summary>
    public bool HasExtremeAspectRatio => RequestRules.IsExtreme(AspectRatio);

    /// <summary>What was said before, as it goes over the wire again.</summary>
    internal IReadOnlyList<Content> History { get; init; } = [];

    /// <summary>The request with its images as they are sent.</summary>
    /// <exception cref="TokaifyException">The metadata of an image cannot be removed, or the image changed or is not there any more.</exception>
    internal ImageRequest WithSentImages() => !StripMetadata ? this : this with
    {
        Images = [.. Images.Select(image => image.WithoutMetadata())],
        History =
        [
            .. History.Select(content => content with
            {
                Parts = [.. content.Parts.Select(part => part with { Image = part.Image?.WithoutMetadata() })],
            }),
        ],
    };

    /// <summary>The image size as it goes over the wire, where the additional properties win; null for none.</summary>
    internal string? WireImageSize => OnWire("imageSize", ImageSize);

    /// <summary>The aspect ratio as it goes over the wire, where the additional properties win; null for none.</summary>
    internal string? WireAspectRatio => OnWire("aspectRatio", AspectRatio);

    /// <summary>What the request is likely to cost by the catalogue: one image of its size.</summary>
    /// <returns>Null where the catalogue has no price of an image for it.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where the user's catalogue cannot be used.</exception>
    public Charge? EstimateCost() => RequestPrice.Of(this)?.Estimate;

    /// <summary>Looks for what the service would refuse, where that is known.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>, or <see cref="TokaifyErrorId.UnsupportedImage"/> if
    /// metadata cannot be removed from an image's format.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Prompt))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The prompt is empty. Say what to change in the picture.");
        }

        if (StripMetadata)
        {
            foreach (var image in Images)
            {
                image.EnsureStrippable();
            }
        }

        ValidateSettings();
    }

    /// <summary>Looks for what the service would refuse, but for the prompt, which may not be known yet.</summary>
    /// <param name="imagesToCome">The number of images that <see cref="Images"/> lacks so far.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public void ValidateSettings(int imagesToCome = 0)
    {
        RequestRules.CheckModel(this, imagesToCome);
        RequestRules.CheckRanges(this);
        RequestRules.CheckAdditionalProperties(this);
    }

    private string? OnWire(string field, string? value)
    {
        if (AdditionalProperties is not { } properties
            || JsonMerge.Find(properties, "generationConfig", "imageConfig", field) is not { } merged)
        {
            return value;
        }

        return merged.ValueKind == JsonValueKind.String ? merged.GetString() : null;
    }
}
