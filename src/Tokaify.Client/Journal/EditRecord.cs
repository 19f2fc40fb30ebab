using System.Diagnostics;

namespace Tokaify;

/// <summary>Writes the lines of one edit to the journal: each request that is sent for it, and its end.</summary>
/// <remarks>The task of the edit writes the lines, not the caller that waits for the result: the caller may be slow, or may have
/// ended.</remarks>
internal sealed class EditRecord : IDisposable
{
    private readonly JournalWriter _journal;
    private readonly ImageEdit _edit;

    // The source of a turn is the last image of the conversation. It is stored here, because the turn itself adds a new last image.
    private readonly string? _sourcePath;
    private readonly CancellationToken _cancellationToken;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private RequestFingerprint? _fingerprint;
    private JournalClaim? _claim;

    /// <summary>Creates the record of an edit.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="cancellationToken">Stops the edit. The lines are written nevertheless.</param>
    public EditRecord(JournalWriter journal, ImageEdit edit, CancellationToken cancellationToken)
    {
        _journal = journal;
        _edit = edit;
        _sourcePath = edit.SourcePath;
        _cancellationToken = cancellationToken;
        _fingerprint = edit.Fingerprint;
    }

    /// <summary>Digests of the sent images that are not part of the fingerprint; null before they are known.</summary>
    public SentDigests? Digests { get; set; }

    /// <summary>The error that is recorded if the edit is stopped now, while no request is in flight; null if there is none.</summary>
    public TokaifyException? Interrupted { get; set; }

    /// <summary>The requests that were sent.</summary>
    public List<SentRequest> Requests { get; } = [];

    /// <summary>Checks whether the edit has to be sent: another command of this process may have sent it meanwhile.</summary>
    /// <returns>Its result in the other command; null if it has to be sent.</returns>
    /// <exception cref="TokaifyException">One of its images cannot be read.</exception>
    public async Task<ImageEditResult?> BeginAsync()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _fingerprint ??= RequestFingerprint.Of(_edit.Request);
        (var done, _claim) = await _journal.ClaimAsync(_edit, _fingerprint, _cancellationToken).ConfigureAwait(false);
        if (done is not null)
        {
            await AppendAsync(Entry(JournalRecord.Skipped) with { Result = done }).ConfigureAwait(false);
        }

        return done;
    }

    /// <summary>Writes that a request is about to be sent. If earlier lines wait to be written, the request waits with them.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>: the request must not be sent, because it cannot be
    /// recorded.</exception>
    public async Task SendAsync(SentRequest request)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        await _journal.AppendAsync(
            Entry(JournalRecord.Sent) with { Requests = [request], Attempts = Requests.Count + 1 }, _cancellationToken).ConfigureAwait(false);
        Requests.Add(request);
    }

    /// <summary>Writes that its images are saved.</summary>
    public async Task EndAsync(ImageEditResult result)
    {
        var place = await AppendAsync(
            Entry(JournalRecord.Saved) with { Result = result, Error = result.Error, Duration = result.Duration }).ConfigureAwait(false);
        _claim?.Complete(place);
    }

    /// <summary>Writes that it failed.</summary>
    public Task EndAsync(TokaifyException error) =>
        AppendAsync(Entry(JournalRecord.Failed) with { Error = error, Duration = _clock.Elapsed });

    /// <summary>Writes that it was stopped, if a request was sent. A request that was in flight may have been billed.</summary>
    public async Task StopAsync()
    {
        if (Requests.Count == 0)
        {
            return;
        }

        // Between two attempts, the end of the last one is known.
        var failure = Requests[Requests.Count - 1].Failure;
        var error = failure is null ? Interrupted : new TokaifyException(failure.Value, "The command was stopped before another attempt.");
        await AppendAsync(Entry(error is null ? JournalRecord.Unknown : JournalRecord.Failed) with
        {
            Error = error,
            Duration = _clock.Elapsed,
        }).ConfigureAwait(false);
    }

    /// <summary>Lets other commands of this process send the same request, unless it is saved.</summary>
    public void Dispose() => _claim?.Dispose();

    private JournalRecord Entry(string outcome) => new()
    {
        Outcome = outcome,
        Run = _journal.Run,
        Request = _edit.Request,
        SourcePath = _sourcePath,
        Origin = JournalOrigin.Of(_edit),
        Fingerprint = _fingerprint,
        Digests = Digests,
        Requests = Requests,
        Attempts = Requests.Count,
    };

    private Task<long> AppendAsync(JournalRecord entry) => _journal.AppendAsync(entry, _cancellationToken);
}
