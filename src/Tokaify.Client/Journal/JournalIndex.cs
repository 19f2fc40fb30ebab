namespace Tokaify;

/// <summary>What a journal says was saved: a key and a place in the file for each request, and nothing else in memory.</summary>
/// <remarks>
/// <para>Each saved request stands for one: of two rows that ask for the same, of which one is in the journal, the other is sent.</para>
/// <para>The commands of a process that resume from one journal share an index. Each has a <see cref="JournalView"/> of its own, so
/// what is saved once stands for one request of each of them. What one of them has in flight, the others wait for.</para>
/// </remarks>
public sealed class JournalIndex
{
    // In the place of a line. Lines of the recovery file have negative ones.
    private const long InFlight = long.MaxValue;
    private const long Released = long.MaxValue - 1;

    private readonly object _lock = new();
    private readonly SavedRequests _requests = new();
    private readonly JournalRefusals _refusals = new();
    private readonly Dictionary<int, TaskCompletionSource<bool>> _inFlight = [];
    private readonly JournalView _ownView = new();
    private readonly List<(long Start, long End)> _known = [];
    private readonly JournalPaths _paths;
    private long _end;

    private JournalIndex(JournalPaths paths) => _paths = paths;

    /// <summary>The number of requests that were saved and not yet found again.</summary>
    public int Count { get; private set; }

    /// <summary>The number of requests that were sent, whose end is unknown, and that were not sent again since.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>Reads a journal, and the lines that could not be written to it. Lines that are not a journal's are passed over; a
    /// journal that does not exist says nothing.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if it exists and cannot be read, or is in UTF-16.</exception>
    public static JournalIndex Load(string path) => Load(new JournalPaths(path));

    /// <summary>Finds an edit that was saved before, and takes it off the list.</summary>
    /// <param name="edit">The edit; its fingerprint is known.</param>
    /// <returns>Its result, with those of the saved images that are still there; null if it has to be sent.</returns>
    public ImageEditResult? Take(ImageEdit edit)
    {
        var fingerprint = edit.Fingerprint ?? RequestFingerprint.Of(edit.Request);
        if (TakeSaved(JournalKey.Of(fingerprint), _ownView) is not { } place)
        {
            return null;
        }

        Count--;
        return ResultAt(place, edit);
    }

    /// <summary>Finds an edit whose last end was a refusal that will not change.</summary>
    /// <param name="edit">The edit.</param>
    /// <returns>Its result, with the error; null if it has to be sent.</returns>
    public ImageEditResult? FindRefused(ImageEdit edit)
    {
        long? place;
        lock (_lock)
        {
            place = _refusals.Find(JournalKey.Of(edit.Fingerprint ?? RequestFingerprint.Of(edit.Request)));
        }

        return place is { } line && ReadAt(line, JournalLine.ErrorOf) is { } error
            ? edit.ToResult(ImageEditStatus.Refused, []) with { Error = error }
            : null;
    }

    /// <summary>Reads the files of a journal.</summary>
    internal static JournalIndex Load(JournalPaths paths)
    {
        var index = new JournalIndex(paths);
        var scan = new JournalScan();
        index.Guard(() =>
        {
            index.AddNew(scan);
            index.AddRecovered(scan);
        });
        index.Count = index._requests.Count;
        index.UnknownCount = scan.UnknownCount;
        return index;
    }

    /// <summary>Reads what was appended since by others: other processes, and commands of this one that do not resume.</summary>
    internal void CatchUp() => Guard(() => AddNew(new JournalScan()));

    /// <summary>Lines in the journal whose requests are known already.</summary>
    internal void Know(long start, long end)
    {
        lock (_lock)
        {
            _known.Add((start, end));
        }
    }

    /// <summary>Takes a request that was saved.</summary>
    /// <returns>Where its line is; null if it has to be sent.</returns>
    internal long? TakeSaved(JournalKey key, JournalView view)
    {
        lock (_lock)
        {
            foreach (var request in Remaining(key, view))
            {
                if (_requests.Place(request) < Released)
                {
                    view.Take(request);
                    return _requests.Place(request);
                }
            }

            return null;
        }
    }

    /// <summary>Takes a request that was saved, or waits for one that is in flight, or else claims it, so that no other command of this process sends it as well.</summary>
    /// <returns>Where its line is, or a claim.</returns>
    internal async Task<(long? Place, JournalClaim? Claim)> ClaimAsync(JournalKey key, JournalView view, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<bool> other;
            lock (_lock)
            {
                if (TakeSaved(key, view) is { } place)
                {
                    return (place, null);
                }

                if (FindInFlight(key, view) is not { } found)
                {
                    return (null, Claim(key, view));
                }

                other = found;
            }

            // Whoever has it in flight needs nobody's thread to come to an end.
            await Task.WhenAny(other, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The result of an edit whose line is known, with those of the saved images that are still there.</summary>
    internal ImageEditResult ResultAt(long place, ImageEdit edit) =>
        edit.ToResult(
            ImageEditStatus.Skipped,
            [.. (ReadAt(place, JournalLine.ImagePaths) ?? []).Where(path => MayOpen(path, edit)).Select(Inspect).OfType<SavedImage>()]);

    /// <summary>A claim has come to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">Where its line is; null if it was not saved.</param>
    internal void End(int request, long? place)
    {
        TaskCompletionSource<bool> waiting;
        lock (_lock)
        {
            _requests.SetPlace(request, place ?? Released);
            waiting = _inFlight[request];
            _inFlight.Remove(request);
        }

        waiting.SetResult(true);
    }

    private IEnumerable<int> Remaining(JournalKey key, JournalView view) =>
        _requests.Find(key) is var chain and not SavedRequests.None ? view.Remaining(_requests, chain) : [];

    private Task<bool>? FindInFlight(JournalKey key, JournalView view)
    {
        foreach (var request in Remaining(key, view))
        {
            if (_requests.Place(request) == InFlight)
            {
                return _inFlight[request].Task;
            }
        }

        return null;
    }

    private JournalClaim Claim(JournalKey key, JournalView view)
    {
        // One that another command gave up, or one more.
        var request = Remaining(key, view).Where(each => _requests.Place(each) == Released).DefaultIfEmpty(SavedRequests.None).First();
        if (request == SavedRequests.None)
        {
            request = _requests.Add(key, InFlight);
        }

        _requests.SetPlace(request, InFlight);
        _inFlight.Add(request, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        view.Take(request);
        return new JournalClaim(this, request);
    }

    private void AddNew(JournalScan scan)
    {
        if (!File.Exists(_paths.Journal))
        {
            return;
        }

        using (var file = RegularFile.OpenRead(_paths.Journal))
        {
            JournalText.EnsureUtf8(_paths.Journal, file);
        }

        var line = new JournalLine();
        foreach (var (offset, bytes, isEnded) in JournalLines.Read(_paths.Journal, _end))
        {
            var isRead = Add(line, bytes.Span, scan, offset);
            // Another process may be writing it.
            if (isEnded || isRead)
            {
                _end = offset + bytes.Length + (isEnded ? 1 : 0);
            }
        }
    }

    private void AddRecovered(JournalScan scan)
    {
        if (_paths.Recovery is null || !File.Exists(_paths.Recovery))
        {
            return;
        }

        var line = new JournalLine();
        foreach (var (offset, bytes, _) in JournalLines.Read(_paths.Recovery))
        {
            Add(line, bytes.Span, scan, ~offset);
        }
    }

    private bool Add(JournalLine line, ReadOnlySpan<byte> bytes, JournalScan scan, long place)
    {
        if (!line.Read(bytes))
        {
            JournalText.EnsureUtf8(_paths.Journal, bytes);
            return false;
        }

        scan.Add(line);
        _refusals.Add(line, place);
        if (line.Outcome == JournalEntry.Saved && !IsKnown(line.Key!.Value, place))
        {
            _requests.Add(line.Key.Value, place);
        }

        return true;
    }

    // This process's own claims know the places of their lines.
    private bool IsKnown(JournalKey key, long place)
    {
        if (_known.Exists(lines => place >= lines.Start && place < lines.End))
        {
            return true;
        }

        var chain = _requests.Find(key);
        for (var request = chain == SavedRequests.None ? chain : _requests.First(chain); request != SavedRequests.None; request = _requests.Next(request))
        {
            if (_requests.Place(request) == place)
            {
                return true;
            }
        }

        return false;
    }

    private void Guard(Action read)
    {
        try
        {
            lock (_lock)
            {
                read();
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The journal '{_paths.Journal}' cannot be read: {exception.Message.TrimEnd('.')}.",
                exception);
        }
    }

    private delegate T LineReader<T>(ReadOnlySpan<byte> line);

    // The journal may have been rewritten since; then nothing is known.
    private T? ReadAt<T>(long place, LineReader<T> read)
        where T : class?
    {
        try
        {
            foreach (var (_, line, _) in JournalLines.Read(place < 0 ? _paths.Recovery! : _paths.Journal, place < 0 ? ~place : place))
            {
                return read(line.Span);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            // It was removed.
        }

        return null;
    }

    // A share that the journal alone names is left alone: merely to look makes Windows log in there.
    private bool MayOpen(string path, ImageEdit edit) =>
        WindowsPath.IsLocalOrBeside(path, _paths.Journal, edit.Folder.Path, edit.SourcePath);

    private static SavedImage? Inspect(string path)
    {
        try
        {
            return File.Exists(path) ? SavedImage.Inspect(path) : null;
        }
        catch (TokaifyException)
        {
            // Something else is there by now.
            return null;
        }
    }
}
