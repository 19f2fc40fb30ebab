namespace Tokaify;

/// <summary>Writes lines to the journal; if that fails, to the recovery file; if that fails too, keeps them in memory until one of the
/// files can be written. It writes one batch of lines at a time.</summary>
/// <param name="paths">The journal's files.</param>
internal sealed class JournalSink(JournalPaths paths)
{
    // The place of a line that was not written. It is smaller than the special values of the index.
    private const long NotWritten = long.MaxValue - 2;

    private readonly JournalRecovery _recovery = new(paths.Recovery);
    private readonly List<byte[]> _unwritten = [];
    private bool _hasRecoveredLines;

    /// <summary>Called with the place of lines that were moved from the recovery file to the journal.</summary>
    public Action<long, long>? OnMoved { get; set; }

    /// <summary>The problem, if not all lines are in the journal; else null.</summary>
    public string? Flaw => _unwritten.Count > 0
            ? $"Neither the journal '{paths.Journal}' nor '{paths.Recovery}' can be written. Lines that are missing: {_unwritten.Count}. "
                + "Their requests will be sent again when the journal is resumed."
        : _hasRecoveredLines
            ? $"The journal '{paths.Journal}' could not be written. Some of its lines are kept in '{paths.Recovery}', and are read from there "
                + "when the journal is resumed."
        : null;

    /// <summary>Checks that the journal can be written, and adds the lines that could not be written before.</summary>
    /// <returns>False if another process has locked it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="TokaifyException">It is in UTF-16.</exception>
    public bool TryPrepare() => TryRunLocked(() =>
    {
        using (var file = JournalAppend.Open(paths.Journal))
        {
            JournalText.EnsureUtf8(paths.Journal, file);
        }

        MoveRecoveredLines();
    });

    /// <summary>Moves the lines that a process of this user could not write to a journal to the journal's end, if this is possible
    /// now.</summary>
    public static void MoveRecovered(JournalPaths paths)
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
            // The lines stay in the recovery file and are read from there.
        }
    }

    /// <summary>Writes lines to the first place that works.</summary>
    /// <returns>False if another process has locked the journal.</returns>
    public bool TryWrite(List<PendingLine> lines)
    {
        try
        {
            return TryRunLocked(() =>
            {
                if (_hasRecoveredLines)
                {
                    MoveRecoveredLines();
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

    /// <summary>Writes lines to the recovery file, without the journal's lock.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="cause">Why they cannot be written to the journal.</param>
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

    /// <summary>Keeps lines in memory. Requests that are about to be sent fail, because they would not be recorded.</summary>
    public void GiveUp(List<PendingLine> lines, string message, Exception cause)
    {
        lines.FindAll(line => line.IsRequest).ForEach(line => line.Fail(
            new TokaifyException(TokaifyErrorId.SaveFailed, $"{message} Nothing was sent.", cause)));
        var ends = lines.FindAll(line => !line.IsRequest);
        _unwritten.AddRange(ends.FindAll(line => line.IsDurable).ConvertAll(line => line.Bytes));
        Warn(ends, $"{message} No request is sent until one of the two files can be written.");
        ends.ForEach(line => line.Complete(NotWritten));
    }

    /// <summary>Warns the writers of lines.</summary>
    public static void Warn(List<PendingLine> lines, string message)
    {
        foreach (var writer in lines.Select(line => line.Writer).Distinct())
        {
            writer.Warn(message);
        }
    }

    // Another program, such as an editor, may have locked the journal itself.
    private bool TryRunLocked(Action action)
    {
        try
        {
            using var held = JournalLock.TryTake(paths.Lock);
            if (held is null)
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

    // The warning comes before the lines are complete: their edits may be the last ones of the command, which ends right after them.
    private long AppendRecovered(List<byte[]> all, List<PendingLine> lines, Exception cause)
    {
        var place = _recovery.Append(all);
        if (!_hasRecoveredLines)
        {
            _hasRecoveredLines = true;
            Warn(lines, $"The journal '{paths.Journal}' cannot be written: {cause.Message.TrimEnd('.')}. "
                + $"Its lines are kept in '{paths.Recovery}', and are read from there when the journal is resumed.");
        }

        return place;
    }

    // If this fails, the lines stay in the recovery file and are read from there.
    private void MoveRecoveredLines()
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
            // It is tried again with the next lines.
        }
    }
}
