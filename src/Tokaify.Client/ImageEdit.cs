namespace Tokaify;

/// <summary>One edit: what to ask of the service, and where its images go.</summary>
public sealed record ImageEdit
{
    /// <summary>What to ask for.</summary>
    public required ImageRequest Request { get; init; }

    /// <summary>The folder the images are saved in.</summary>
    public required ImageFolder Folder { get; init; }

    /// <summary>What the images are called, without an extension.</summary>
    public required PictureNames Names { get; init; }

    /// <summary>The conversation that it is the next turn of; null for an edit by itself.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>The full path of the image that is edited: the request's first, else what the conversation has come to.</summary>
    public string? SourcePath => Request.Source?.Path ?? Conversation?.LastPicture;

    /// <summary>Its number among the variations of one source, from 1.</summary>
    public int Index { get; init; } = 1;

    /// <summary>The number of variations of its source.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The number of the table's row that asks for it, from 1; null if no table came in.</summary>
    public int? Row { get; init; }

    /// <summary>What messages about it begin with.</summary>
    public string Label => EditLabel.Of(SourcePath, Request.Prompt, Row, Count > 1 ? Index : null) ?? "";

    /// <summary>Whether a file of that name may go. Default: a free name is found.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What makes its request this one, where that was found out already; null for not yet.</summary>
    public RequestFingerprint? Fingerprint { get; init; }

    /// <summary>The result of this edit. Every result is made here, so that none lacks what the edit knows.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="images">The images that were saved, or were there already.</param>
    public ImageEditResult ToResult(ImageEditStatus status, IReadOnlyList<SavedImage> images) => new()
    {
        SourcePath = SourcePath,
        Index = Index,
        Images = images,
        Prompt = Request.Prompt,
        Model = Request.Model,
        AspectRatio = Request.AspectRatio,
        RequestedAspectRatio = Request.WireAspectRatio,
        RequestedImageSize = Request.WireImageSize,
        MatchesRequest = RequestMatch.Of(Request.Model, Request.WireAspectRatio, Request.WireImageSize, images),
        Status = status,
        // A conversation holds its images, and a turn cannot be asked for by a row.
        Edit = Conversation is null ? this : null,
    };
}

/// <summary>How an edit ended.</summary>
public enum ImageEditStatus
{
    /// <summary>Its images are saved.</summary>
    Saved,

    /// <summary>Nothing was sent: the image was there already.</summary>
    Skipped,

    /// <summary>Nothing was sent: an earlier run was refused the same, and will be again.</summary>
    Refused,
}

/// <summary>What came of one edit.</summary>
public sealed record ImageEditResult
{
    /// <summary>The full path of the image that was edited; null for an image from text alone.</summary>
    public string? SourcePath { get; init; }

    /// <summary>Its number among the variations of one source, from 1.</summary>
    public int Index { get; init; } = 1;

    /// <summary>The full path of the first image that was saved, or was there already.</summary>
    public string? Path => Images.Count > 0 ? Images[0].Path : null;

    /// <summary>The images that were saved, in the answer's order.</summary>
    public IReadOnlyList<SavedImage> Images { get; init => field = new SavedImages(value); } = new SavedImages([]);

    /// <summary>The instruction.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The model that was asked.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model's version, as the service names it.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The aspect ratio that was asked for; null for none.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The aspect ratio that was sent, from <see cref="ImageRequest.AdditionalProperties"/> too; null for none.</summary>
    public string? RequestedAspectRatio { get; init; }

    /// <summary>The image size that was sent; null for none.</summary>
    public string? RequestedImageSize { get; init; }

    /// <summary>Whether the saved images have the aspect ratio and the size that were sent, as the catalogue knows their pixels, within 2 %.
    /// Null if neither was sent, or the pixels are not known.</summary>
    public bool? MatchesRequest { get; init; }

    /// <summary>The text that came with the images; null for none.</summary>
    public string? Text { get; init; }

    /// <summary>What the search found that the model rested on, where <see cref="ImageRequest.Tools"/> let it search; empty for nothing.</summary>
    public IReadOnlyList<GroundingSource> Sources { get; init => field = new GroundingSources(value); } = GroundingSources.None;

    /// <summary>The search's own HTML, with links to the search. Google's terms ask that it is shown with the image. It comes from outside:
    /// show it without scripts. Null for none.</summary>
    public string? SearchEntryPoint { get; init; }

    /// <summary>Why the model stopped: <c>STOP</c> as a rule.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The tokens it took; null where the service does not say.</summary>
    public UsageMetadata? Usage { get; init; }

    /// <summary>What its requests cost by the catalogue's prices, further attempts included; one whose end is unknown counts as if
    /// it had succeeded. Null where nothing was sent, or the price is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of <see cref="Cost"/>, such as <c>USD</c>; null where that is.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether <see cref="Cost"/> is reckoned by list prices, which come with the module.</summary>
    public bool CostIsListPrice { get; init; }

    /// <summary>From the first request to the last saved byte, waits between attempts included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The requests that were sent, each with the client's id and the service's.</summary>
    public IReadOnlyList<SentRequest> Requests { get; init => field = new SentRequests(value); } = SentRequests.None;

    /// <summary>The service's name for the response.</summary>
    public string? ResponseId { get; init; }

    /// <summary>How it ended.</summary>
    public ImageEditStatus Status { get; init; }

    /// <summary>Why one of several images is not in place, and where it is kept; of what was refused before, why. Null otherwise.</summary>
    public TokaifyException? Error { get; init; }

    /// <summary>The edit that produced it; null for a turn of a conversation, and for a result that was read from a file.</summary>
    internal ImageEdit? Edit { get; init; }

    /// <summary>The path of the first image.</summary>
    public override string ToString() => Path ?? "";
}
