namespace Tokaify;

/// <summary>The saved requests of a journal. Only a key and the place of the line are kept in memory for each.</summary>
/// <remarks>
/// <para>Each saved request counts once: if two rows have the same request, and the journal has one, the other is sent.</para>
/// <para>The commands of a process that resume from one journal share an index. Each has its own <see cref="JournalView"/>, so a saved
/// request counts once for each command. If one of them has a request in flight, the others wait for it.</para>
/// </remarks>
public sealed class JournalIndex
{
    // Special values, which are used instead of the place of a line. Lines of the recovery file have negative places.
    private const long InFlight = long.MaxValue;
    private const long Released = long.MaxValue - 1;

    private readonly object _lock = new();
    private readonly SavedRequests _requests = new();
    private readonly JournalRefusals _refusals = new();
    private readonly Dictionary<int, TaskCompletionSource<bool>> _inFlight = [];
    private readonly JournalView _ownView = new();
    private readonly List<(long Start, long End)> _known = [];
    private readonly JournalPaths _own;
    private readonly JournalFiles _files = new();

    private JournalIndex(JournalPaths own) => _own = own;

    /// <summary>The number of saved requests that have not been taken yet.</summary>
    public int Count { get; private set; }

    /// <summary>The number of requests whose end is unknown, and that were not sent again later.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>Reads a journal, and the lines that could not be written to it. Lines that are not journal lines are skipped. If the
    /// journal does not exist, the index is empty.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if it exists and cannot be read, or if it is in
    /// UTF-16.</exception>
    public static JournalIndex Load(string path) => Load(new JournalPaths(path));

    /// <summary>Finds an edit that was saved before, and removes it from the list.</summary>
    /// <param name="edit">The edit; its fingerprint is known.</param>
    /// <returns>Its result, with the saved images that still exist; null if it has to be sent.</returns>
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

    /// <summary>Finds an edit whose last outcome was a permanent refusal.</summary>
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

    /// <summary>Reads a journal, or all journals of its folder.</summary>
    internal static JournalIndex Load(JournalPaths own)
    {
        var index = new JournalIndex(own);
        var scan = new JournalScan();
        index.Guard(() =>
        {
            index.AddNew(own, scan);
            index.AddRecovered(scan);
        });
        index.Count = index._requests.Count;
        index.UnknownCount = scan.UnknownCount;
        return index;
    }

    /// <summary>Reads the lines that other processes, and commands of this process that do not resume, have appended since.</summary>
    /// <param name="own">The journal of the calling command.</param>
    internal void CatchUp(JournalPaths own) => Guard(() => AddNew(own, new JournalScan()));

    /// <summary>Marks lines of a journal as known, because their requests are in the index already.</summary>
    internal void MarkKnown(JournalPaths journal, long start, long end)
    {
        lock (_lock)
        {
            var file = _files.NumberOf(journal);
            _known.Add((JournalPlace.Of(file, start), JournalPlace.Of(file, end)));
        }
    }

    /// <summary>Takes a saved request.</summary>
    /// <returns>The place of its line; null if it has to be sent.</returns>
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

    /// <summary>Takes a saved request, or waits for one that is in flight. Otherwise, claims the request, so that no other command of this
    /// process sends it too.</summary>
    /// <returns>The place of its line, or a claim.</returns>
    internal async Task<(long? Place, JournalClaim? Claim)> ClaimAsync(
        JournalKey key, JournalView view, JournalPaths own, CancellationToken cancellationToken)
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
                    var claim = Claim(key, view);
                    claim.File = _files.NumberOf(own);
                    return (null, claim);
                }

                other = found;
            }

            // The other command finishes the request on its own threads, so waiting here cannot block it.
            await Task.WhenAny(other, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Returns the result of an edit whose line is known, with the saved images that still exist.</summary>
    internal ImageEditResult ResultAt(long place, ImageEdit edit) =>
        edit.ToResult(
            ImageEditStatus.Skipped,
            [.. (ReadAt(place, JournalLine.ImagePaths) ?? []).Where(path => MayOpen(path, edit)).Select(Inspect).OfType<SavedImage>()]);

    /// <summary>Ends a claim.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">The place of its line; null if it was not saved.</param>
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
        // A request that another command has released, or a new one.
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

    private void AddNew(JournalPaths own, JournalScan scan)
    {
        _files.AddAll(own);
        for (var number = 0; number < _files.Count; number++)
        {
            AddNew(number, scan);
        }
    }

    private void AddNew(int number, JournalScan scan)
    {
        try
        {
            AddNew(number, _files[number].Journal, scan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another command has just removed its journal, because it was empty.
        }
    }

    private void AddNew(int number, string path, JournalScan scan)
    {
        // This check comes first, because it depends on the system whether a device exists.
        RegularFile.EnsureNotSpecial(path);
        if (!File.Exists(path))
        {
            return;
        }

        using (var file = RegularFile.OpenRead(path))
        {
            JournalText.EnsureUtf8(path, file);
        }

        var line = new JournalLine();
        foreach (var (offset, bytes, isEnded) in JournalLines.Read(path, _files.EndOf(number)))
        {
            var isRead = Add(line, bytes.Span, IsScanned(path) ? scan : null, JournalPlace.Of(number, offset), path);
            // The last line may be incomplete because another process is writing it.
            if (isEnded || isRead)
            {
                _files.SetEnd(number, offset + bytes.Length + (isEnded ? 1 : 0));
            }
        }
    }

    private void AddRecovered(JournalScan scan)
    {
        for (var number = 0; number < _files.Count; number++)
        {
            if (_files[number].Recovery is not { } path || !File.Exists(path))
            {
                continue;
            }

            try
            {
                var line = new JournalLine();
                foreach (var (offset, bytes, _) in JournalLines.Read(path))
                {
                    Add(line, bytes.Span, IsScanned(_files[number].Journal) ? scan : null, JournalPlace.Of(number, ~offset), path);
                }
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another command has just moved its lines into the journal.
                AddNew(number, scan);
            }
        }
    }

    // Requests that other shares have in flight do not count as unknown.
    private bool IsScanned(string path) => _own.Folder?.IsOfSameShare(path) != false;

    private bool Add(JournalLine line, ReadOnlySpan<byte> bytes, JournalScan? scan, long place, string path)
    {
        if (!line.Read(bytes))
        {
            JournalText.EnsureUtf8(path, bytes);
            return false;
        }

        scan?.Add(line);
        _refusals.Add(line, place);
        if (line.Outcome == JournalRecord.Saved && !IsKnown(line.Key!.Value, place))
        {
            _requests.Add(line.Key.Value, place);
        }

        return true;
    }

    // The claims of this process have already set the places of their lines.
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
                $"The journal '{_own.Folder?.Path ?? _own.Journal}' cannot be read: {exception.Message.TrimEnd('.')}.",
                exception);
        }
    }

    private delegate T LineReader<T>(ReadOnlySpan<byte> line);

    // The journal may have been rewritten since. Then this returns null.
    private T? ReadAt<T>(long place, LineReader<T> read)
        where T : class?
    {
        try
        {
            var (file, offset, isRecovered) = JournalPlace.Read(place);
            foreach (var (_, line, _) in JournalLines.Read(isRecovered ? _files[file].Recovery! : _files[file].Journal, offset))
            {
                return read(line.Span);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            // The journal was removed.
        }

        return null;
    }

    // A share that only the journal names is not accessed, because the access alone makes Windows log in to it.
    private bool MayOpen(string path, ImageEdit edit) =>
        WindowsPath.IsLocalOrBeside(path, _own.Journal, edit.Folder.Path, edit.SourcePath);

    private static SavedImage? Inspect(string path)
    {
        try
        {
            return File.Exists(path) ? SavedImage.Inspect(path) : null;
        }
        catch (TokaifyException)
        {
            // The file is no longer an image.
            return null;
        }
    }
}
