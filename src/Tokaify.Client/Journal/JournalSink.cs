namespace Tokaify;

/// <summary>Where lines go: to the journal, to the recovery file if that cannot be, and else to memory until one of them can be
/// written. One batch of lines at a time.</summary>
/// <param name="paths">The journal's files.</param>
internal sealed class JournalSink(JournalPaths paths)
{
    // A line that is nowhere. Smaller than what an index says of requests without a line.
    private const long Nowhere = long.MaxValue - 2;

    private readonly JournalRecovery _recovery = new(paths.Recovery);
    private readonly List<byte[]> _unwritten = [];
    private bool _hasRecoveredLines;

    /// <summary>Told where lines of the recovery file are in the journal, once they are moved there.</summary>
    public Action<long, long>? OnMoved { get; set; }

    /// <summary>What is wrong, if not all lines are in the journal; null if they are.</summary>
    public string? Flaw => _unwritten.Count > 0
            ? $"Neither the journal '{paths.Journal}' nor '{paths.Recovery}' can be written. Requests whose lines are missing, {_unwritten.Count}, "
                + "will be sent again when it is resumed."
        : _hasRecoveredLines
            ? $"The journal '{paths.Journal}' could not be written. Lines of it are kept in '{paths.Recovery}', from where they are read "
                + "when it is resumed."
        : null;

    /// <summary>Makes sure that the journal can be written, and takes up the lines that could not be before.</summary>
    /// <returns>False if another process has locked it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="TokaifyException">It is in UTF-16.</exception>
    public bool TryPrepare() => TryTakeTurn(() =>
    {
        using (var file = JournalAppend.Open(paths.Journal))
        {
            JournalText.EnsureUtf8(paths.Journal, file);
        }

        TakeUpRecovered();
    });

    /// <summary>Moves the lines that a process of this user could not write to a journal to its end, if that can be done now.</summary>
    public static void TakeUp(JournalPaths paths)
    {
        try
        {
            if (File.Exists(paths.Recovery))
            {
                new JournalSink(paths).TryPrepare();
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // They are read from where they are.
        }
    }

    /// <summary>Writes lines, wherever they can be written.</summary>
    /// <returns>False if another process has locked the journal.</returns>
    public bool TryWrite(List<PendingLine> lines)
    {
        try
        {
            return TryTakeTurn(() =>
            {
                if (_hasRecoveredLines)
                {
                    TakeUpRecovered();
                }

                Write(lines, all => JournalAppend.Write(paths.Journal, all, lines.Exists(line => line.IsDurable)), place => place);
            });
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            Recover(lines, exception);
            return true;
        }
    }

    /// <summary>Writes lines to the recovery file, without a turn at the journal.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="cause">Why not to the journal.</param>
    public void Recover(List<PendingLine> lines, Exception cause)
    {
        try
        {
            Write(lines, all => AppendRecovered(all, lines, cause), place => ~place);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            GiveUp(
                lines,
                $"Neither the journal '{paths.Journal}' nor '{paths.Recovery}' can be written: {cause.Message.TrimEnd('.')}.",
                exception);
        }
    }

    /// <summary>Keeps lines in memory. No request is sent that nothing would tell of.</summary>
    public void GiveUp(List<PendingLine> lines, string message, Exception cause)
    {
        lines.FindAll(line => line.IsRequest).ForEach(line => line.Fail(
            new TokaifyException(TokaifyErrorId.SaveFailed, $"{message} Nothing was sent.", cause)));
        var ends = lines.FindAll(line => !line.IsRequest);
        _unwritten.AddRange(ends.FindAll(line => line.IsDurable).ConvertAll(line => line.Bytes));
        Warn(ends, $"{message} No request is sent until one of them can be.");
        ends.ForEach(line => line.Complete(Nowhere));
    }

    /// <summary>Tells those whose lines these are.</summary>
    public static void Warn(List<PendingLine> lines, string message)
    {
        foreach (var writer in lines.Select(line => line.Writer).Distinct())
        {
            writer.Warn(message);
        }
    }

    // The journal's own file may be locked as well, by a program that shows it.
    private bool TryTakeTurn(Action action)
    {
        try
        {
            using var turn = JournalLock.TryTake(paths.Lock);
            if (turn is null)
            {
                return false;
            }

            action();
            return true;
        }
        catch (IOException exception) when (JournalLock.IsHeld(exception))
        {
            return false;
        }
    }

    private void Write(List<PendingLine> lines, Func<List<byte[]>, long> write, Func<long, long> placeOf)
    {
        if (lines.Count + _unwritten.Count == 0)
        {
            return;
        }

        var place = write([.. _unwritten, .. lines.ConvertAll(line => line.Bytes)]) + _unwritten.Sum(line => line.Length + 1L);
        _unwritten.Clear();
        foreach (var line in lines)
        {
            line.Complete(placeOf(place));
            place += line.Bytes.Length + 1;
        }
    }

    // Noted and told before the lines are complete: their edits may be the command's last ones, and it ends with what is known then.
    private long AppendRecovered(List<byte[]> all, List<PendingLine> lines, Exception cause)
    {
        var place = _recovery.Append(all);
        if (!_hasRecoveredLines)
        {
            _hasRecoveredLines = true;
            Warn(lines, $"The journal '{paths.Journal}' cannot be written: {cause.Message.TrimEnd('.')}. "
                + $"Its lines are kept in '{paths.Recovery}', from where they are read when it is resumed.");
        }

        return place;
    }

    // If that fails, they stay where they are, and are read from there.
    private void TakeUpRecovered()
    {
        try
        {
            if (_recovery.MoveTo(paths.Journal) is { } moved)
            {
                OnMoved?.Invoke(moved.Start, moved.End);
            }

            _hasRecoveredLines = false;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            // Next time.
        }
    }
}
