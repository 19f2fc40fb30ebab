namespace Tokaify;

/// <summary>The outcome of a request, according to a line of a journal.</summary>
public enum JournalOutcome
{
    /// <summary>An attempt was about to be sent. Its end is in another entry; without one, it is unknown.</summary>
    Sent,

    /// <summary>Its images were saved.</summary>
    Saved,

    /// <summary>It failed, or was refused before it was sent.</summary>
    Failed,

    /// <summary>It was not sent, because its images already existed.</summary>
    Skipped,

    /// <summary>It was stopped while an attempt was in flight, which may have been billed.</summary>
    Unknown,
}

/// <summary>A line of a journal.</summary>
/// <remarks>The properties that describe the request have other names than the parameters of the commands. So if the image of an entry is
/// edited again, no setting of the entry is bound to a parameter.</remarks>
public sealed record JournalEntry
{
    /// <summary>When the line was written, UTC.</summary>
    public DateTime Time { get; init; }

    /// <summary>The outcome of the request.</summary>
    public JournalOutcome Outcome { get; init; }

    /// <summary>The full path of the source; null for an image from text alone.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The number among the variations of one source, from 1; null if all variations were refused, or if the line does not
    /// say.</summary>
    public int? Index { get; init; }

    /// <summary>The number of variations of the source; null if the line does not say.</summary>
    public int? Variations { get; init; }

    /// <summary>The full path of the first image; null if there is none.</summary>
    public string? Path => Images.Count > 0 ? Images[0].Path : null;

    /// <summary>The saved images.</summary>
    public IReadOnlyList<JournalImage> Images { get; init; } = [];

    /// <summary>The instruction; null also where it was omitted.</summary>
    public string? Prompt { get; init; }

    /// <summary>SHA-256 of the instruction in UTF-8; null if the line does not say.</summary>
    public string? PromptSha256 { get; init; }

    /// <summary>Whether digests stand in place of the instruction and of other texts.</summary>
    public bool IsPromptOmitted { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The aspect ratio that was requested; null if none was.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The cost of the requests; null if the price is not known or nothing was sent, and in an entry
    /// <see cref="JournalOutcome.Sent"/>. So the sum over all entries is the total spending.</summary>
    public decimal? Cost { get; init; }

    /// <summary>In an entry <see cref="JournalOutcome.Sent"/>, the estimated cost of the request; else null.</summary>
    public decimal? Estimate { get; init; }

    /// <summary>The currency of <see cref="Cost"/> and <see cref="Estimate"/>.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether the amounts are computed from list prices.</summary>
    public bool? CostIsListPrice { get; init; }

    /// <summary>The tokens, as the service counts them; null if it reports none.</summary>
    public UsageMetadata? Usage { get; init; }

    /// <summary>How long it took, waits included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of attempts that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The attempts; in an entry <see cref="JournalOutcome.Sent"/>, only that attempt.</summary>
    public IReadOnlyList<JournalRequest> Requests { get; init; } = [];

    /// <summary>The kind of failure; null if it did not fail.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Why it failed; null if it did not fail.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The service's id of the response; after an error, that of the request.</summary>
    public string? ResponseId { get; init; }

    /// <summary>SHA-256 of everything that identifies the request; null if it was refused before it was built.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>SHA-256 of the source; null if there is no source.</summary>
    public string? SourceSha256 { get; init; }

    /// <summary>SHA-256 of the bytes of the source that were sent; null if the whole file or nothing was sent.</summary>
    public string? SentSha256 { get; init; }

    /// <summary>Whether the images are sent without their metadata; null if the line does not say.</summary>
    public bool? StripsMetadata { get; init; }

    /// <summary>The full paths of the reference images; null if the line does not say.</summary>
    public IReadOnlyList<string>? ReferencePaths { get; init; }

    /// <summary>SHA-256 of the reference images; null if the line does not say.</summary>
    public IReadOnlyList<string>? ReferenceSha256 { get; init; }

    /// <summary>SHA-256 of the images of earlier turns, which a turn of a conversation has sent again; null for an edit without a
    /// conversation.</summary>
    public IReadOnlyList<string>? HistorySha256 { get; init; }

    /// <summary>The full path of the folder in which the images are saved; null if the line does not say.</summary>
    public string? Folder { get; init; }

    /// <summary>The template of their names; null if the line does not say.</summary>
    public string? NameTemplate { get; init; }

    /// <summary>Whether it is a turn of a conversation; null if the line does not say.</summary>
    public bool? IsTurn { get; init; }

    /// <summary>The rest of the request as JSON; null if the line does not say.</summary>
    public string? Options { get; init; }

    /// <summary>The id of the command run that wrote the line; null if the line does not say.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The account that the command ran as; null if the line does not say.</summary>
    public string? UserName { get; init; }

    /// <summary>The machine that it ran on; null if the line does not say.</summary>
    public string? MachineName { get; init; }

    /// <summary>The id of its process on that machine; null if the line does not say.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The version of the module that wrote it.</summary>
    public string? ModuleVersion { get; init; }

    /// <summary>The edition and version of PowerShell, such as <c>Core 7.6.0</c>; null if the line does not say.</summary>
    public string? PowerShell { get; init; }

    /// <summary>The full path of the journal.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>The outcome and the source.</summary>
    public override string ToString() => $"{Outcome} {SourcePath ?? Prompt ?? PromptSha256}";

    /// <summary>Rebuilds the request of the line, without its source.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the line lacks a part of the request.
    /// <see cref="TokaifyErrorId.FileNotFound"/> and others: a reference image cannot be read.</exception>
    internal ImageRequest ToRequest()
    {
        if (IsTurn == true)
        {
            throw CannotBeRepeated("It is a turn of a conversation, which builds on the turns before it.");
        }

        if (IsPromptOmitted)
        {
            throw CannotBeRepeated("Its prompt was omitted.");
        }

        if (ReferencePaths is null || Folder is null || NameTemplate is null || Variations is null || IsTurn is null || StripsMetadata is null || Options is null || Model is null || Prompt is null)
        {
            throw CannotBeRepeated(
                $"The line lacks a part of the request{(ModuleVersion is null ? "" : $": version {ModuleVersion} of the module wrote it")}.");
        }

        var request = JournalOptions.Parse(Options) is { } options
            ? options.Apply(new ImageRequest { Model = Model, Prompt = Prompt, StripMetadata = StripsMetadata.Value, Images = [.. ReferencePaths.Select(SourceImage.Inspect)] })
            : throw CannotBeRepeated("The rest of the request is not JSON.");
        return JournalOptions.Of(request) == Options
            ? request
            : throw CannotBeRepeated("It was sent without fields that every request has.");
    }

    private static TokaifyException CannotBeRepeated(string why) => new(
        TokaifyErrorId.InvalidArgument,
        $"The request of the journal entry cannot be repeated. {why} Run the command that wrote the entry again.");
}

/// <summary>A saved image in a line of a journal.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Sha256">SHA-256 of the file; null if it could not be read.</param>
public sealed record JournalImage(string Path, string? Sha256)
{
    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>An attempt in a line of a journal.</summary>
/// <param name="ClientRequestId">The client's id.</param>
/// <param name="RequestId">The service's id; null if there is none.</param>
/// <param name="StatusCode">The HTTP status; null if no response came.</param>
/// <param name="ErrorId">The id of its error; null if it did not fail.</param>
public sealed record JournalRequest(string? ClientRequestId, string? RequestId, int? StatusCode, string? ErrorId)
{
    /// <summary>The ids.</summary>
    public override string ToString() => RequestId is null ? $"{ClientRequestId}" : $"{ClientRequestId} ({RequestId})";
}
