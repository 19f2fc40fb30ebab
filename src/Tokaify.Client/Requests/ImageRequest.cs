using System.Text.Json;

namespace Tokaify;

/// <summary>One call of <c>generateContent</c>.</summary>
public sealed record ImageRequest
{
    /// <summary>The greatest length of an inline request that upstream accepts, in bytes, Base64 included. A relay or a proxy in front of
    /// it may accept less.</summary>
    public const long MaximumInputLength = 20 * 1024 * 1024;

    /// <summary>The model's name. Default: the catalogue's default.</summary>
    public string Model { get => field ?? Models.Default.Name; init; }

    /// <summary>The instruction: <c>contents[].parts[].text</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>The images, the one to edit first: <c>contents[].parts[].inline_data</c>.</summary>
    public IReadOnlyList<SourceImage> Images { get; init; } = [];

    /// <summary>The image to edit; null for an image from text alone.</summary>
    public SourceImage? Source => Images.Count > 0 ? Images[0] : null;

    /// <summary><c>generationConfig.imageConfig.aspectRatio</c>, such as <c>16:9</c>; null leaves the field out.</summary>
    public string? AspectRatio { get; init; }

    /// <summary><c>generationConfig.imageConfig.imageSize</c>: <c>512</c>, <c>1K</c>, <c>2K</c>, <c>4K</c>. Null leaves the field
    /// out.</summary>
    public string? ImageSize { get; init; }

    /// <summary>Whether text is requested in addition to the image: <c>generationConfig.responseModalities</c>.</summary>
    public bool IncludeText { get; init; }

    /// <summary>The instruction for the whole conversation: <c>systemInstruction.parts[].text</c>; null leaves the field out.</summary>
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

    /// <summary><c>tools</c>, as JSON objects of the API.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Whether the images are sent without their metadata: position, camera, author, comments, thumbnails, XMP, IPTC, and the
    /// bytes after an image's end. Orientation and colour profile are kept. The files are not changed.</summary>
    public bool StripMetadata { get; init; }

    /// <summary>A JSON object that is merged into the request last, by RFC 7396: objects are merged recursively, arrays are replaced, null
    /// removes a field. It must not contain <c>contents</c>. Null for no object.</summary>
    public JsonElement? AdditionalProperties { get; init; }

    /// <summary>The length of the images in the request, in bytes of Base64.</summary>
    public long InputLength => Images.Sum(image => RequestBody.Base64Length(image.Length));

    /// <summary>Whether the requested ratio exceeds 4:1 or 1:4. The documentation of gemini-3.1-flash-image-preview warns that the details
    /// of a subject become less stable then.</summary>
    public bool HasExtremeAspectRatio => RequestRules.IsExtreme(AspectRatio);

    /// <summary>The earlier messages of the conversation, as they are sent again.</summary>
    internal IReadOnlyList<Content> History { get; init; } = [];

    /// <summary>The catalogue that the request is checked and priced by; null for the catalogue of the environment, or the built-in
    /// one.</summary>
    internal ModelCatalog? Catalog { get; init; }

    /// <summary>The catalogue that the request is checked and priced by.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the user's catalogue cannot be used.</exception>
    internal ModelCatalog Models => Catalog ?? ModelCatalog.Current;

    /// <summary>Returns the request with its images as they are sent.</summary>
    /// <exception cref="TokaifyException">The metadata of an image cannot be removed, or the image was changed or removed.</exception>
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

    /// <summary>The image size that is sent; the additional properties have precedence. Null if none is sent.</summary>
    internal string? WireImageSize => OnWire("imageSize", ImageSize);

    /// <summary>The aspect ratio that is sent; the additional properties have precedence. Null if none is sent.</summary>
    internal string? WireAspectRatio => OnWire("aspectRatio", AspectRatio);

    /// <summary>Returns the estimated cost of the request by the catalogue: one image of its size.</summary>
    /// <returns>Null if the catalogue has no price for such an image.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the user's catalogue cannot be used.</exception>
    public Charge? EstimateCost() => RequestPrice.Of(this)?.Estimate;

    /// <summary>Checks for values that the service is known to reject.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>, or <see cref="TokaifyErrorId.UnsupportedImage"/> if
    /// metadata cannot be removed from an image's format.</exception>
    public void Validate() => Validate(imagesToCome: 0);

    /// <summary>Checks the same values before all images are known.</summary>
    /// <param name="imagesToCome">The number of images that <see cref="Images"/> lacks so far.</param>
    internal void Validate(int imagesToCome)
    {
        if (string.IsNullOrWhiteSpace(Prompt))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The prompt is empty. Describe what to change in the picture.");
        }

        if (StripMetadata)
        {
            foreach (var image in Images)
            {
                image.EnsureStrippable();
            }
        }

        ValidateSettings(imagesToCome);
    }

    /// <summary>Checks for values that the service is known to reject, except the prompt, which may not be known yet.</summary>
    /// <param name="imagesToCome">The number of images that will be added to <see cref="Images"/>.</param>
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
