using System.Diagnostics;

namespace Tokaify;

/// <summary>Appends to a journal for all commands of this process that share it.</summary>
/// <remarks>Lines that arrive while others are being written are written together, under one lock, with one system call and one flush. The
/// task of the first line writes; the tasks of the others wait without a thread.</remarks>
/// <param name="paths">Its files.</param>
/// <param name="resumption">The state that it shares with journals that are resumed together with it; null if there are none.</param>
internal sealed class JournalFile(JournalPaths paths, JournalResumption? resumption = null)
{
    private const int SettlingTries = 10;

    private readonly object _lock = new();
    private readonly JournalSink _sink = new(paths);
    private List<PendingLine> _queue = [];
    private bool _isWriting;

    /// <summary>The length of a wait after which the user is warned.</summary>
    public static TimeSpan LongWait { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The warning about a long wait.</summary>
    public string LongWaitMessage =>
        $"Another process has locked the journal '{paths.Journal}' for {LongWait.TotalSeconds:0} seconds. "
        + "No request is sent until the waiting lines are written.";

    /// <summary>The files.</summary>
    public JournalPaths Paths => paths;

    /// <summary>The state that it shares with journals that are resumed together with it.</summary>
    public JournalResumption Resumption { get; } = resumption ?? new JournalResumption(paths);

    /// <summary>Checks that the journal can be written, and adds the lines that could not be written before.</summary>
    /// <returns>False if another process has locked it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="TokaifyException">It is in UTF-16.</exception>
    public bool TryPrepare()
    {
        _sink.OnMoved ??= (start, end) => Resumption.Index?.MarkKnown(paths, start, end);
        return _sink.TryPrepare();
    }

    /// <summary>Appends a line. Returns when it is in the journal, or in the recovery file if the journal cannot be written.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Its offset in the journal, or the complement of its offset in the recovery file.</returns>
    /// <exception cref="OperationCanceledException">The line announces a request, and the command was cancelled.</exception>
    /// <exception cref="TokaifyException">The line announces a request that must not be sent, because the line cannot be written
    /// anywhere.</exception>
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

    /// <summary>Tries again to write the lines that could not be written to the journal.</summary>
    /// <returns>The problem, if not all lines are in the journal; else null.</returns>
    public string? Settle()
    {
        for (var tries = 0; _sink.Flaw is not null && tries < SettlingTries; tries++)
        {
            lock (_lock)
            {
                // A write that is running tries it as well.
                if (_isWriting || _sink.TryWrite([]))
                {
                    break;
                }
            }

            Thread.Sleep(JournalLock.NextDelay());
        }

        return _sink.Flaw;
    }

    // The first caller writes only the lines that have arrived so far, because its own edit has to continue.
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
                JournalSink.Warn(lines.FindAll(line => !line.IsAwaitedByCommand), LongWaitMessage);
            }

            await Task.Delay(JournalLock.NextDelay()).ConfigureAwait(false);
            lines.AddRange(TakeQueue());
        }
    }

    // A stopped command does not wait for long; its lines go to the recovery file.
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
