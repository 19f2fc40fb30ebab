using System.Diagnostics;

namespace Tokaify;

/// <summary>A line of a journal that is not written yet.</summary>
internal sealed class PendingLine
{
    // The time that lines may still wait after the command was stopped.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(300);

    private readonly TaskCompletionSource<long> _place = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken;
    private Stopwatch? _sinceCancelled;

    /// <summary>Creates a line.</summary>
    /// <param name="entry">Its content.</param>
    /// <param name="writer">The writer that it belongs to.</param>
    /// <param name="cancellationToken">Signals that the command is being stopped; then waits are short.</param>
    public PendingLine(JournalRecord entry, JournalWriter writer, CancellationToken cancellationToken)
    {
        Bytes = entry.ToLine();
        IsRequest = entry.Outcome == JournalRecord.Sent;
        // Paid results have to survive a power failure; announced requests only have to survive the end of the process.
        IsDurable = entry.Outcome is not (JournalRecord.Sent or JournalRecord.Skipped);
        IsAwaitedByCommand = entry.Outcome == JournalRecord.Skipped;
        Writer = writer;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The line, without its end.</summary>
    public byte[] Bytes { get; }

    /// <summary>Whether it announces a request that is about to be sent.</summary>
    public bool IsRequest { get; }

    /// <summary>Whether it has to be flushed to the disk.</summary>
    public bool IsDurable { get; }

    /// <summary>Whether the command's own thread waits for it, and reports a long wait itself.</summary>
    public bool IsAwaitedByCommand { get; }

    /// <summary>The writer that it belongs to.</summary>
    public JournalWriter Writer { get; }

    /// <summary>Its place, once it is written.</summary>
    public Task<long> Place => _place.Task;

    /// <summary>Whether the command was stopped and its grace period is over, so the line no longer waits for the lock.</summary>
    public bool IsGivenUp => _cancellationToken.IsCancellationRequested
        && (IsRequest || (_sinceCancelled ??= Stopwatch.StartNew()).Elapsed > s_grace);

    public void Complete(long place) => _place.TrySetResult(place);

    public void Fail(Exception exception) => _place.TrySetException(exception);

    public void Cancel() => _place.TrySetCanceled(_cancellationToken);
}
