namespace Tokaify.PowerShell;

/// <summary>How a request ended.</summary>
internal enum ReportOutcome
{
    /// <summary>Its images were saved.</summary>
    Saved,

    /// <summary>It was not sent, because its images were there.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>An image that was saved.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Width">Pixels; null where it is not known.</param>
/// <param name="Height">Pixels; null where it is not known.</param>
internal sealed record ReportImage(string Path, long? Width, long? Height);

/// <summary>What a report tells of one request.</summary>
internal sealed record ReportEntry
{
    /// <summary>How it ended.</summary>
    public required ReportOutcome Outcome { get; init; }

    /// <summary>Whether it is an object of this session, whose paths the user has named, and was not read from a file.</summary>
    public bool IsOfThisSession { get; init; }

    /// <summary>The full path of the source; null for none.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The subject if it is not a file: a path that was not found, or a prompt.</summary>
    public string? Subject { get; init; }

    /// <summary>Its number among the variations of one source, from 1; null where it is not known.</summary>
    public long? Index { get; init; }

    /// <summary>The images that were saved.</summary>
    public IReadOnlyList<ReportImage> Images { get; init; } = [];

    /// <summary>The instruction.</summary>
    public string? Prompt { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The aspect ratio that was sent; null where none was.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The image size that was sent; null where none was.</summary>
    public string? ImageSize { get; init; }

    /// <summary>Whether the images are what was asked for; null where it is not known.</summary>
    public bool? MatchesRequest { get; init; }

    /// <summary>The sources of a search that the model used: pages, and images of pages.</summary>
    public IReadOnlyList<ReportLink> Sources { get; init; } = [];

    /// <summary>The links of the search's own HTML.</summary>
    public IReadOnlyList<ReportLink> Searches { get; init; } = [];

    /// <summary>The text that came with the images.</summary>
    public string? Text { get; init; }

    /// <summary>All tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>What it cost; null where no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of the cost.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether the cost is reckoned by list prices.</summary>
    public bool CostIsListPrice { get; init; }

    /// <summary>From the first request to the last saved byte.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public long? Attempts { get; init; }

    /// <summary>The service's name for the request or its response.</summary>
    public string? ServiceId { get; init; }

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The kind of failure.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The HTTP status of a failure.</summary>
    public long? StatusCode { get; init; }

    /// <summary>The request as a row of a table; null where it is not known, or no row can ask for it.</summary>
    public RequestRow? Row { get; init; }

    /// <summary>Whether a file may be looked at. Paths that were read from a file may lead to another machine: merely to look makes
    /// Windows log in there.</summary>
    /// <param name="path">A full path, or a URL.</param>
    /// <param name="folder">The full path of the page's folder.</param>
    public bool MayOpen(string path, string folder) => IsOfThisSession || WindowsPath.IsLocalOrBeside(path, folder);
}
