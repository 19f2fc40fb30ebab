namespace Tokaify;

/// <summary>One edit: its request, and where its images are saved.</summary>
public sealed record ImageEdit
{
    /// <summary>The request.</summary>
    public required ImageRequest Request { get; init; }

    /// <summary>The folder in which the images are saved.</summary>
    public required ImageFolder Folder { get; init; }

    /// <summary>The names of the images, without an extension.</summary>
    public required PictureNames Names { get; init; }

    /// <summary>The conversation whose next turn this is; null if the edit belongs to no conversation.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>The full path of the image that is edited: the request's first image, else the last image of the conversation.</summary>
    public string? SourcePath => Request.Source?.Path ?? Conversation?.LastPicture;

    /// <summary>Its number among the variations of one source, from 1.</summary>
    public int Index { get; init; } = 1;

    /// <summary>The number of variations of its source.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The number of the table row that requests it, from 1; null if the input is not a table.</summary>
    public int? Row { get; init; }

    /// <summary>The text with which messages about it begin.</summary>
    public string Label => EditLabel.Of(SourcePath, Request.Prompt, Row, Count > 1 ? Index : null) ?? "";

    /// <summary>Whether an existing file of that name may be replaced. Default: no, a free name is found.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The fingerprint of its request; null if it is not computed yet.</summary>
    public RequestFingerprint? Fingerprint { get; init; }

    /// <summary>Creates a result of this edit. Every result is created here, so that it has all values that the edit has.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="images">The images that were saved, or already existed.</param>
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
        MatchesRequest = RequestMatch.Of(Request.Model, Request.WireAspectRatio, Request.WireImageSize, images, Request.Catalog),
        Status = status,
        // Not kept for a turn: the conversation has its images, and a row of a table cannot request a turn.
        Edit = Conversation is null ? this : null,
    };
}

/// <summary>How an edit ended.</summary>
public enum ImageEditStatus
{
    /// <summary>Its images are saved.</summary>
    Saved,

    /// <summary>Nothing was sent: the image already existed.</summary>
    Skipped,

    /// <summary>Nothing was sent: the service refused the same request in an earlier run, and would refuse it again.</summary>
    Refused,
}

/// <summary>The result of one edit.</summary>
public sealed record ImageEditResult
{
    /// <summary>The full path of the image that was edited; null if the image was made from text alone.</summary>
    public string? SourcePath { get; init; }

    /// <summary>Its number among the variations of one source, from 1.</summary>
    public int Index { get; init; } = 1;

    /// <summary>The full path of the first image that was saved, or already existed.</summary>
    public string? Path => Images.Count > 0 ? Images[0].Path : null;

    /// <summary>The images that were saved, in the order of the response.</summary>
    public IReadOnlyList<SavedImage> Images { get; init => field = new SavedImages(value); } = new SavedImages([]);

    /// <summary>The instruction.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The model that the request named.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model's version, as the service names it.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The aspect ratio that was requested; null if none was.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The aspect ratio that was sent, from <see cref="ImageRequest.AdditionalProperties"/> too; null if none was sent.</summary>
    public string? RequestedAspectRatio { get; init; }

    /// <summary>The image size that was sent; null if none was.</summary>
    public string? RequestedImageSize { get; init; }

    /// <summary>Whether the saved images have the aspect ratio and the size that were sent, within 2 % of the pixels in the catalogue. Null
    /// if neither was sent, or if the pixels are not known.</summary>
    public bool? MatchesRequest { get; init; }

    /// <summary>The text that came with the images; null if there was no text.</summary>
    public string? Text { get; init; }

    /// <summary>The search results that the model used, if <see cref="ImageRequest.Tools"/> allowed it to search; else empty.</summary>
    public IReadOnlyList<GroundingSource> Sources { get; init => field = new GroundingSources(value); } = GroundingSources.None;

    /// <summary>The HTML that the search service provides for display, with links to the search. Google's terms require that it is shown
    /// with the image. It comes from outside: show it without scripts. Null if the response has none.</summary>
    public string? SearchEntryPoint { get; init; }

    /// <summary>Why the model stopped: usually <c>STOP</c>.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The number of tokens; null if the service does not report it.</summary>
    public UsageMetadata? Usage { get; init; }

    /// <summary>The cost of its requests by the catalogue's prices, further attempts included; a request whose end is unknown counts as if
    /// it had succeeded. Null if nothing was sent, or if the price is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of <see cref="Cost"/>, such as <c>USD</c>; null if the cost is null.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether <see cref="Cost"/> is computed from the list prices that come with the module.</summary>
    public bool CostIsListPrice { get; init; }

    /// <summary>From the first request to the last saved byte, waits between attempts included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The requests that were sent, each with the client's id and the service's.</summary>
    public IReadOnlyList<SentRequest> Requests { get; init => field = new SentRequests(value); } = SentRequests.None;

    /// <summary>The id that the service gave to the response.</summary>
    public string? ResponseId { get; init; }

    /// <summary>How it ended.</summary>
    public ImageEditStatus Status { get; init; }

    /// <summary>The reason why one of several images is not in place, and where it is kept; or the reason of an earlier refusal. Else
    /// null.</summary>
    public TokaifyException? Error { get; init; }

    /// <summary>The edit that produced it; null for a turn of a conversation and for a result that was read from a file.</summary>
    internal ImageEdit? Edit { get; init; }

    /// <summary>The path of the first image.</summary>
    public override string ToString() => Path ?? "";
}
