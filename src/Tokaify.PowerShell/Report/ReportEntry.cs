namespace Tokaify.PowerShell;

/// <summary>The outcome of a request.</summary>
internal enum ReportOutcome
{
    /// <summary>Its images were saved.</summary>
    Saved,

    /// <summary>It was not sent, because its images existed.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>An image that was saved.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Width">The width in pixels; null if it is not known.</param>
/// <param name="Height">The height in pixels; null if it is not known.</param>
internal sealed record ReportImage(string Path, long? Width, long? Height);

/// <summary>One request in a report.</summary>
internal sealed record ReportEntry
{
    /// <summary>Its outcome.</summary>
    public required ReportOutcome Outcome { get; init; }

    /// <summary>Whether it is an object of this session, whose paths the user has given, and not one that was read from a file.</summary>
    public bool IsOfThisSession { get; init; }

    /// <summary>The full path of the source; null if there is none.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The subject if it is not a file: a path that was not found, or a prompt.</summary>
    public string? Subject { get; init; }

    /// <summary>Its number among the variations of one source, from 1; null if it is not known.</summary>
    public long? Index { get; init; }

    /// <summary>The images that were saved.</summary>
    public IReadOnlyList<ReportImage> Images { get; init; } = [];

    /// <summary>The instruction.</summary>
    public string? Prompt { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The aspect ratio that was sent; null if none was sent.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The image size that was sent; null if none was sent.</summary>
    public string? ImageSize { get; init; }

    /// <summary>Whether the images match the request; null if it is not known.</summary>
    public bool? MatchesRequest { get; init; }

    /// <summary>The sources of a search that the model used: pages, and images of pages.</summary>
    public IReadOnlyList<ReportLink> Sources { get; init; } = [];

    /// <summary>The links in the HTML that the search service provides for display.</summary>
    public IReadOnlyList<ReportLink> Searches { get; init; } = [];

    /// <summary>The text that came with the images.</summary>
    public string? Text { get; init; }

    /// <summary>All tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>The cost; null if no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of the cost.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether the cost is calculated with list prices.</summary>
    public bool CostIsListPrice { get; init; }

    /// <summary>The time from the first request to the last saved byte.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public long? Attempts { get; init; }

    /// <summary>The service's id of the request or the response.</summary>
    public string? ServiceId { get; init; }

    /// <summary>The error message.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The error id.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The HTTP status of a failure.</summary>
    public long? StatusCode { get; init; }

    /// <summary>The request as a row of a table; null if it is not known, or if a row cannot express it.</summary>
    public RequestRow? Row { get; init; }

    /// <summary>Whether a file may be opened. Paths that were read from a file may lead to another machine, and access would make Windows
    /// log in there.</summary>
    /// <param name="path">A full path, or a URL.</param>
    /// <param name="folder">The full path of the page's folder.</param>
    public bool MayOpen(string path, string folder) => IsOfThisSession || WindowsPath.IsLocalOrBeside(path, folder);
}
