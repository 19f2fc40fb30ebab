using System.Diagnostics;

namespace Tokaify;

/// <summary>A journal as this process appends to it, for all commands that share it.</summary>
/// <remarks>Lines that come while others are being written are written together: one turn, one call of the system and one flush for
/// all of them. The first one to come writes; the tasks of the others wait without a thread.</remarks>
/// <param name="paths">Its files.</param>
/// <param name="resumption">What it has in common with others that are resumed together with it; null for nothing.</param>
internal sealed class JournalFile(JournalPaths paths, JournalResumption? resumption = null)
{
    private const int SettlingTries = 10;

    private readonly object _lock = new();
    private readonly JournalSink _sink = new(paths);
    private List<PendingLine> _queue = [];
    private bool _isWriting;

    /// <summary>When the user should hear that nothing goes on.</summary>
    public static TimeSpan LongWait { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What the user hears then.</summary>
    public string LongWaitMessage =>
        $"Another process has locked the journal '{paths.Journal}' for {LongWait.TotalSeconds:0} seconds. "
        + "No request is sent until the lines that wait are written.";

    /// <summary>The files.</summary>
    public JournalPaths Paths => paths;

    /// <summary>What it has in common with others that are resumed together with it.</summary>
    public JournalResumption Resumption { get; } = resumption ?? new JournalResumption(paths);

    /// <summary>Makes sure that the journal can be written, and takes up the lines that could not be before.</summary>
    /// <returns>False if another process has locked it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="TokaifyException">It is in UTF-16.</exception>
    public bool TryPrepare()
    {
        _sink.OnMoved ??= (start, end) => Resumption.Index?.Know(paths, start, end);
        return _sink.TryPrepare();
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

    /// <summary>Tries once more to write to the journal what could not be.</summary>
    /// <returns>What is wrong, if not all lines are there; else null.</returns>
    public string? Settle()
    {
        for (var tries = 0; _sink.Flaw is not null && tries < SettlingTries; tries++)
        {
            lock (_lock)
            {
                // Who writes at the moment tries it as well.
                if (_isWriting || _sink.TryWrite([]))
                {
                    break;
                }
            }

            Thread.Sleep(JournalLock.Nap());
        }

        return _sink.Flaw;
    }

    // The first caller writes the lines that have come so far and no more, because its own edit has to go on.
    private async Task WriteNextAsync()
    {
        var lines = TakeQueue();
        try
        {
            await WriteAsync(lines).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever fails, every waiting caller is released.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _sink.GiveUp(lines, exception.Message, exception);
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
        while (!_sink.TryWrite(lines))
        {
            GiveUpCancelled(lines);
            if (lines.Count == 0)
            {
                return;
            }

            if (!hasWarned && clock.Elapsed > LongWait)
            {
                hasWarned = true;
                JournalSink.Warn(lines.FindAll(line => !line.IsAwaitedInTurn), LongWaitMessage);
            }

            await Task.Delay(JournalLock.Nap()).ConfigureAwait(false);
            lines.AddRange(TakeQueue());
        }
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
            _sink.Recover(cancelled, new IOException("Another process has locked it"));
        }
    }
}
