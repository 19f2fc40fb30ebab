namespace Tokaify;

/// <summary>What became of a request, as a line of a journal says.</summary>
public enum JournalOutcome
{
    /// <summary>An attempt was about to be sent. Its end is in another entry; without one, it is unknown.</summary>
    Sent,

    /// <summary>Its images were saved.</summary>
    Saved,

    /// <summary>It failed, or was refused before it was sent.</summary>
    Failed,

    /// <summary>It was not sent, because its images were there.</summary>
    Skipped,

    /// <summary>It was stopped while an attempt was under way, which may have been billed.</summary>
    Unknown,
}

/// <summary>A line of a journal.</summary>
/// <remarks>What says how to ask again has other names than the commands' parameters: an entry whose image is edited anew lends them
/// none of its settings.</remarks>
public sealed record JournalEntry
{
    /// <summary>When the line was written, UTC.</summary>
    public DateTime Time { get; init; }

    /// <summary>What became of the request.</summary>
    public JournalOutcome Outcome { get; init; }

    /// <summary>The full path of the source; null for an image from text alone.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The number among the variations of one source, from 1; null where all of them were refused, or the line does not say.</summary>
    public int? Index { get; init; }

    /// <summary>The number of variations of the source; null where the line does not say.</summary>
    public int? Variations { get; init; }

    /// <summary>The full path of the first image; null for none.</summary>
    public string? Path => Images.Count > 0 ? Images[0].Path : null;

    /// <summary>The saved images.</summary>
    public IReadOnlyList<JournalImage> Images { get; init; } = [];

    /// <summary>The instruction.</summary>
    public string? Prompt { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The aspect ratio that was asked for; null for none.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>What the requests cost; null where no price is known or nothing was sent, and in an entry <see cref="JournalOutcome.Sent"/>.
    /// So the sum over all entries is what was spent.</summary>
    public decimal? Cost { get; init; }

    /// <summary>In an entry <see cref="JournalOutcome.Sent"/>, what the request is likely to cost; else null.</summary>
    public decimal? Estimate { get; init; }

    /// <summary>The currency of both.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether they are list prices.</summary>
    public bool? CostIsListPrice { get; init; }

    /// <summary>The tokens, as the service counts them; null for none.</summary>
    public UsageMetadata? Usage { get; init; }

    /// <summary>How long it took, waits included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of attempts that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The attempts; of an entry <see cref="JournalOutcome.Sent"/>, that one.</summary>
    public IReadOnlyList<JournalRequest> Requests { get; init; } = [];

    /// <summary>The kind of failure; null for none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The service's name for the response, or of an error for the request.</summary>
    public string? ResponseId { get; init; }

    /// <summary>SHA-256 of everything that makes the request this one; null where it was refused before it was made.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>SHA-256 of the source; null for none.</summary>
    public string? SourceSha256 { get; init; }

    /// <summary>SHA-256 of what was sent of the source; null if that was the whole file, or nothing.</summary>
    public string? SentSha256 { get; init; }

    /// <summary>Whether metadata of the images is left out of what is sent; null where the line does not say.</summary>
    public bool? StripsMetadata { get; init; }

    /// <summary>The full paths of the reference images; null where the line does not say.</summary>
    public IReadOnlyList<string>? ReferencePaths { get; init; }

    /// <summary>The full path of the folder that the images go to; null where the line does not say.</summary>
    public string? Folder { get; init; }

    /// <summary>The template of their names; null where the line does not say.</summary>
    public string? NameTemplate { get; init; }

    /// <summary>Whether it is a turn of a conversation; null where the line does not say.</summary>
    public bool? IsTurn { get; init; }

    /// <summary>The rest of the request as JSON; null where the line does not say.</summary>
    public string? Options { get; init; }

    /// <summary>The command that wrote the line; null where it does not say.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The version of the module that wrote it.</summary>
    public string? ModuleVersion { get; init; }

    /// <summary>The full path of the journal.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>The outcome and the source.</summary>
    public override string ToString() => $"{Outcome} {SourcePath ?? Prompt}";

    /// <summary>The request that the line tells of, but for its source.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the line lacks something of it. <see cref="TokaifyErrorId.FileNotFound"/>
    /// and others: a reference image cannot be read.</exception>
    internal ImageRequest ToRequest()
    {
        if (IsTurn == true)
        {
            throw CannotBeAsked("It is a turn of a conversation, which builds on the turns before it.");
        }

        if (ReferencePaths is null || Folder is null || NameTemplate is null || Variations is null || IsTurn is null || StripsMetadata is null || Options is null || Model is null || Prompt is null)
        {
            throw CannotBeAsked($"The line lacks something of the request{(ModuleVersion is null ? "" : $": version {ModuleVersion} of the module wrote it")}.");
        }

        var request = JournalOptions.Parse(Options) is { } options
            ? options.Apply(new ImageRequest { Model = Model, Prompt = Prompt, StripMetadata = StripsMetadata.Value, Images = [.. ReferencePaths.Select(SourceImage.Inspect)] })
            : throw CannotBeAsked("The rest of the request is not JSON.");
        return JournalOptions.Of(request) == Options ? request : throw CannotBeAsked("It was asked with fields removed that every request has.");
    }

    private static TokaifyException CannotBeAsked(string why) => new(
        TokaifyErrorId.InvalidArgument, $"The entry of the journal cannot be asked again. {why} Run the command that it comes from once more.");
}

/// <summary>A saved image, as a line of a journal tells of it.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Sha256">SHA-256 of the file; null where it could not be read.</param>
public sealed record JournalImage(string Path, string? Sha256)
{
    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>An attempt, as a line of a journal tells of it.</summary>
/// <param name="ClientRequestId">The client's id of it.</param>
/// <param name="RequestId">The service's id; null for none.</param>
/// <param name="StatusCode">The HTTP status; null where no response came.</param>
/// <param name="ErrorId">The error that it ended in; null for none.</param>
public sealed record JournalRequest(string? ClientRequestId, string? RequestId, int? StatusCode, string? ErrorId)
{
    /// <summary>The ids.</summary>
    public override string ToString() => RequestId is null ? $"{ClientRequestId}" : $"{ClientRequestId} ({RequestId})";
}
