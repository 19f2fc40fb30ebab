namespace Tokaify;

/// <summary>A model that edits images, with its inputs and outputs.</summary>
/// <remarks>The values come from the relay's page for each model (aspect ratios, input types); Google's image generation guide (pixel
/// sizes, image sizes, number of input images, thinking levels), its pricing page and its list of deprecations.</remarks>
public sealed record ImageModel
{
    /// <summary>The name as the API expects it, such as <c>gemini-2.5-flash-image</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name for display.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The purpose of the model, in one sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>The aspect ratios that it accepts, as <c>width:height</c>. Empty: not known.</summary>
    public IReadOnlyList<string> AspectRatios { get; init; } = [];

    /// <summary>The accepted values of <c>imageConfig.imageSize</c> (<c>512</c>, <c>1K</c> …). Empty: the field is not accepted.</summary>
    public IReadOnlyList<string> ImageSizes { get; init; } = [];

    /// <summary>The image size of a request that names none. Null: not known, or the model has only one size.</summary>
    public string? DefaultImageSize { get; init; }

    /// <summary>The MIME types that it accepts as input. Empty: not known.</summary>
    public IReadOnlyList<string> InputMimeTypes { get; init; } = [];

    /// <summary>The number of input images that works well in one request. 0: not known.</summary>
    public int MaxInputImages { get; init; }

    /// <summary>The accepted values of <c>thinkingConfig.thinkingLevel</c>. Empty: the field is not accepted, or the values are not
    /// known.</summary>
    public IReadOnlyList<string> ThinkingLevels { get; init; } = [];

    /// <summary>The thinking level of a request that names none. Null: not known.</summary>
    public string? DefaultThinkingLevel { get; init; }

    /// <summary>Its price. Null: not known.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>The number of tokens of an image. Null: not known.</summary>
    public ModelTokens? Tokens { get; init; }

    /// <summary>The day on which it is shut down upstream. A relay may serve it longer, or map its name. Null: not announced.</summary>
    public DateTime? RetiresOn { get; init; }

    /// <summary>Whether <see cref="RetiresOn"/> is only the earliest possible day.</summary>
    public bool RetiresOnIsEarliest { get; init; }

    /// <summary>The model that is meant to follow it. Null: not known.</summary>
    public string? Replacement { get; init; }

    /// <summary>Whether it is used if the request names no model.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether the relay lists it; null if the relay's list was not requested.</summary>
    public bool? Available { get; init; }

    /// <summary>Whether it was shut down upstream before a day, according to the announcement.</summary>
    public bool IsRetiredOn(DateTime day) => RetiresOn < day.Date && !RetiresOnIsEarliest;

    /// <summary>Describes the announced shutdown in one sentence; returns null if there is no announcement.</summary>
    /// <param name="today">The current day.</param>
    public string? DescribeRetirement(DateTime today)
    {
        if (RetiresOn is not { } day)
        {
            return Replacement is null ? null : $"{Name} is replaced by {Replacement}.";
        }

        return $"{Name} {(IsRetiredOn(today) ? "was" : "is")} shut down upstream on {CatalogDate.Text(day)}{(RetiresOnIsEarliest ? " at the earliest" : "")}"
            + (Replacement is null ? "." : $"; its replacement is {Replacement}.");
    }

    /// <summary>The pixel sizes of images that are requested without an image size, by aspect ratio.</summary>
    internal IReadOnlyDictionary<string, PixelSize> Outputs { get; init; } = new Dictionary<string, PixelSize>();

    /// <summary>The pixel size of an image of this model.</summary>
    /// <param name="aspectRatio">One of <see cref="AspectRatios"/>; null for 1:1, the API's default.</param>
    /// <returns>Null if the model does not document one.</returns>
    public PixelSize? OutputSize(string? aspectRatio) =>
        Outputs.TryGetValue(aspectRatio ?? "1:1", out var size) ? size : null;

    /// <summary>The model's name.</summary>
    public override string ToString() => Name;
}

/// <summary>An image's size in pixels.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct PixelSize(int Width, int Height)
{
    /// <summary>The width and the height, such as <c>1024×768</c>.</summary>
    public override string ToString() => $"{Width}×{Height}";
}
