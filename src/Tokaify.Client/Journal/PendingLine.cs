using System.Diagnostics;

namespace Tokaify;

/// <summary>A line of a journal until it is written.</summary>
internal sealed class PendingLine
{
    // From the moment when the command was stopped.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(300);

    private readonly TaskCompletionSource<long> _place = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken;
    private Stopwatch? _sinceCancelled;

    /// <summary>Makes one.</summary>
    /// <param name="entry">What it says.</param>
    /// <param name="writer">Who writes it.</param>
    /// <param name="cancellationToken">Signals that the command is being stopped: then waits are short.</param>
    public PendingLine(JournalRecord entry, JournalWriter writer, CancellationToken cancellationToken)
    {
        Bytes = entry.ToLine();
        IsRequest = entry.Outcome == JournalRecord.Sent;
        // What was paid for has to outlast the machine's power; that a request is about to be sent, the end of the process.
        IsDurable = entry.Outcome is not (JournalRecord.Sent or JournalRecord.Skipped);
        IsAwaitedInTurn = entry.Outcome == JournalRecord.Skipped;
        Writer = writer;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The line, without its end.</summary>
    public byte[] Bytes { get; }

    /// <summary>Whether it tells of a request that is about to be sent, and not of one that has been.</summary>
    public bool IsRequest { get; }

    /// <summary>Whether it has to be on the disk.</summary>
    public bool IsDurable { get; }

    /// <summary>Whether the command's own thread waits for it, and tells the user of a long wait itself.</summary>
    public bool IsAwaitedInTurn { get; }

    /// <summary>Who writes it.</summary>
    public JournalWriter Writer { get; }

    /// <summary>Where it is, once it is written.</summary>
    public Task<long> Place => _place.Task;

    /// <summary>Whether the command was stopped, and a turn is no longer waited for.</summary>
    public bool IsGivenUp => _cancellationToken.IsCancellationRequested
        && (IsRequest || (_sinceCancelled ??= Stopwatch.StartNew()).Elapsed > s_grace);

    public void Complete(long place) => _place.TrySetResult(place);

    public void Fail(Exception exception) => _place.TrySetException(exception);

    public void Cancel() => _place.TrySetCanceled(_cancellationToken);
}
