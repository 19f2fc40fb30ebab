using System.Diagnostics;

namespace Tokaify;

/// <summary>A journal as this process appends to it, for all commands that share it.</summary>
/// <remarks>Lines that come while others are being written are written together: one turn, one call of the system and one flush for
/// all of them. The first one to come writes; the tasks of the others wait without a thread.</remarks>
internal sealed class JournalFile(JournalPaths paths)
{
    // A line that is nowhere. Smaller than what an index says of requests without a line.
    private const long Nowhere = long.MaxValue - 2;

    private readonly object _lock = new();
    private readonly JournalRecovery _recovery = new(paths.Recovery);
    private List<PendingLine> _queue = [];
    private readonly object _resumeLock = new();
    private ResumeLock? _held;
    private int _resuming;
    private bool _isWriting;
    private bool _hasRecoveredLines;

    /// <summary>When the user should hear that nothing goes on.</summary>
    public static TimeSpan LongWait { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What the user hears then.</summary>
    public string LongWaitMessage =>
        $"Another process has locked the journal '{paths.Journal}' for {LongWait.TotalSeconds:0} seconds. "
        + "No request is sent until the lines that wait are written.";

    /// <summary>The files.</summary>
    public JournalPaths Paths => paths;

    /// <summary>What was saved; null while no command of this process resumes.</summary>
    public JournalIndex? Index { get; private set; }

    /// <summary>Begins to resume, as one of this process's commands.</summary>
    /// <returns>False if another process does; else <see cref="EndResuming"/> is due.</returns>
    /// <exception cref="IOException">No lock can be made.</exception>
    public bool TryBeginResuming()
    {
        lock (_resumeLock)
        {
            if (_resuming == 0 && (_held = ResumeLock.TryTake(paths)) is null)
            {
                return false;
            }

            _resuming++;
            return true;
        }
    }

    /// <summary>Reads what was saved, or what has been since.</summary>
    /// <returns>The index, and whether it was read anew.</returns>
    /// <exception cref="TokaifyException">The journal cannot be read.</exception>
    public (JournalIndex Index, bool IsNew) OpenIndex()
    {
        lock (_resumeLock)
        {
            if (Index is not null)
            {
                Index.CatchUp();
                return (Index, false);
            }

            Index = JournalIndex.Load(paths);
            return (Index, true);
        }
    }

    /// <summary>Ends what <see cref="TryBeginResuming"/> began. With the last one, other processes may.</summary>
    public void EndResuming()
    {
        lock (_resumeLock)
        {
            if (--_resuming == 0)
            {
                Index = null;
                _held!.Dispose();
            }
        }
    }

    /// <summary>Makes sure that the journal can be written, and takes up the lines that could not be before.</summary>
    /// <param name="patience">How long to wait for another process's turn to end.</param>
    /// <exception cref="IOException">It cannot be.</exception>
    /// <exception cref="TokaifyException">It is in UTF-16.</exception>
    public void Prepare(TimeSpan patience)
    {
        using var turn = JournalLock.Take(paths.Lock, patience);
        using (var file = JournalAppend.Open(paths.Journal))
        {
            JournalText.EnsureUtf8(paths.Journal, file);
        }

        TryTakeUpRecovered();
    }

    /// <summary>Appends a line. Returns once it is in the journal, or in the recovery file if it cannot be.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Where it is: an offset in the journal, or the complement of one in the recovery file.</returns>
    /// <exception cref="OperationCanceledException">It tells of a request that need not be sent, and was cancelled.</exception>
    /// <exception cref="TokaifyException">It tells of a request that must not be sent, because the line can be written nowhere.</exception>
    public Task<long> AppendAsync(PendingLine line)
    {
        lock (_lock)
        {
            _queue.Add(line);
            if (_isWriting)
            {
                return line.Place;
            }

            _isWriting = true;
        }

        _ = WriteNextAsync();
        return line.Place;
    }

    /// <summary>Tries once more to move lines from the recovery file into the journal.</summary>
    /// <returns>The recovery file, if lines of this process are still there; else null.</returns>
    public string? Settle()
    {
        if (!_hasRecoveredLines)
        {
            return null;
        }

        try
        {
            using var turn = JournalLock.TryTake(paths.Lock);
            if (turn is not null)
            {
                TryTakeUpRecovered();
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // As before.
        }

        return _hasRecoveredLines ? paths.Recovery : null;
    }

    // Whoever begins writes what has come so far, and no more: its own edit has to go on.
    private async Task WriteNextAsync()
    {
        var lines = TakeQueue();
        try
        {
            await WriteAsync(lines).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, nobody waits in vain.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            GiveUp(lines, exception.Message, exception);
        }

        lock (_lock)
        {
            if (_queue.Count == 0)
            {
                _isWriting = false;
                return;
            }
        }

        _ = Task.Run(WriteNextAsync);
    }

    private List<PendingLine> TakeQueue()
    {
        lock (_lock)
        {
            var lines = _queue;
            _queue = [];
            return lines;
        }
    }

    private async Task WriteAsync(List<PendingLine> lines)
    {
        var clock = Stopwatch.StartNew();
        var hasWarned = false;
        while (!TryWrite(lines))
        {
            GiveUpCancelled(lines);
            if (lines.Count == 0)
            {
                return;
            }

            if (!hasWarned && clock.Elapsed > LongWait)
            {
                hasWarned = true;
                Warn(lines.FindAll(line => !line.IsAwaitedInTurn), LongWaitMessage);
            }

            await Task.Delay(JournalLock.Nap()).ConfigureAwait(false);
            lines.AddRange(TakeQueue());
        }
    }

    // False if it is another process's turn.
    private bool TryWrite(List<PendingLine> lines)
    {
        try
        {
            using var turn = JournalLock.TryTake(paths.Lock);
            if (turn is null)
            {
                return false;
            }

            if (_hasRecoveredLines)
            {
                TryTakeUpRecovered();
            }

            var start = JournalAppend.Write(paths.Journal, lines.ConvertAll(line => line.Bytes), lines.Exists(line => line.IsDurable));
            Complete(lines, start, place => place);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            Recover(lines, exception);
        }

        return true;
    }

    // A command that is stopped does not wait for long, and what it has to tell is not lost.
    private void GiveUpCancelled(List<PendingLine> lines)
    {
        var cancelled = lines.FindAll(line => line.IsGivenUp);
        lines.RemoveAll(cancelled.Contains);
        cancelled.FindAll(line => line.IsRequest).ForEach(line => line.Cancel());
        cancelled.RemoveAll(line => line.IsRequest);
        if (cancelled.Count > 0)
        {
            Recover(cancelled, new IOException("Another process has locked it"));
        }
    }

    private void Recover(List<PendingLine> lines, Exception cause)
    {
        try
        {
            var start = _recovery.Append(lines.ConvertAll(line => line.Bytes));
            if (!_hasRecoveredLines)
            {
                _hasRecoveredLines = true;
                Warn(lines, $"The journal '{paths.Journal}' cannot be written: {cause.Message.TrimEnd('.')}. "
                    + $"Its lines are kept in '{paths.Recovery}', from where they are read when it is resumed.");
            }

            Complete(lines, start, place => ~place);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            GiveUp(
                lines,
                $"Neither the journal '{paths.Journal}' nor '{paths.Recovery}' can be written: {cause.Message.TrimEnd('.')}.",
                exception);
        }
    }

    // A request is not sent if nothing would tell of it.
    private static void GiveUp(List<PendingLine> lines, string message, Exception cause)
    {
        lines.FindAll(line => line.IsRequest).ForEach(line => line.Fail(
            new TokaifyException(TokaifyErrorId.SaveFailed, $"{message} Nothing was sent.", cause)));
        var ends = lines.FindAll(line => !line.IsRequest);
        Warn(ends, $"{message} What is not in the journal will be sent again when it is resumed.");
        ends.ForEach(line => line.Complete(Nowhere));
    }

    // If that fails, they stay where they are, and are read from there.
    private void TryTakeUpRecovered()
    {
        try
        {
            if (_recovery.MoveTo(paths.Journal) is { } moved)
            {
                Index?.Know(moved.Start, moved.End);
            }

            _hasRecoveredLines = false;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            // Next time.
        }
    }

    private static void Complete(List<PendingLine> lines, long start, Func<long, long> placeOf)
    {
        foreach (var line in lines)
        {
            var place = placeOf(start);
            start += line.Bytes.Length + 1;
            line.Complete(place);
        }
    }

    private static void Warn(List<PendingLine> lines, string message)
    {
        foreach (var writer in lines.Select(line => line.Writer).Distinct())
        {
            writer.Warn(message);
        }
    }
}
