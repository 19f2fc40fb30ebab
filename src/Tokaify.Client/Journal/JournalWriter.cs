using System.Diagnostics;

namespace Tokaify;

/// <summary>The journal of one command: finds the edits that earlier commands saved, and writes the lines of this command. Other commands
/// and processes may have the same journal open.</summary>
public sealed class JournalWriter : IDisposable
{
    // The limit for waiting lines of skipped edits, which are written without being awaited.
    private const int MostPending = 256;

    // The interval for checking whether to stop, in milliseconds.
    private const int Tick = 100;

    private static readonly TimeSpan s_quietWait = TimeSpan.FromSeconds(1);

    private readonly bool _resumes;
    private readonly JournalView _view = new();
    private readonly Queue<Task> _pending = new();
    private readonly CancellationTokenSource _stop = new();
    private Func<bool> _isStopping = () => false;
    private Action<string> _report = _ => { };
    private JournalFile? _file;
    private JournalIndex? _index;
    private bool _isResuming;
    private bool _isClosed;

    /// <summary>Creates a writer for a journal, which need not exist yet.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="resumes">Whether edits that the journal has as saved are left out.</param>
    public JournalWriter(string path, bool resumes = false)
    {
        Path = path;
        _resumes = resumes;
    }

    private JournalWriter(JournalFolder folder, bool resumes)
        : this(folder.NewFile(), resumes) => Folder = folder;

    /// <summary>Creates a writer for a new journal in a folder of journals. If it resumes, edits that any of them has as saved are left
    /// out.</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="share">The command's share of the sources, such as <c>3/8</c>; null for all.</param>
    /// <param name="resumes">Whether edits that the journals have as saved are left out.</param>
    public static JournalWriter InFolder(string folder, string? share, bool resumes) => new(new JournalFolder(folder, share), resumes);

    /// <summary>The journal's full path.</summary>
    public string Path { get; }

    /// <summary>The folder of journals to which it belongs; null if it belongs to none.</summary>
    internal JournalFolder? Folder { get; }

    /// <summary>The paths of its files.</summary>
    internal JournalPaths Paths => new(Path, Folder);

    /// <summary>The file for lines that cannot be written to the journal; null if the account has no folder for data.</summary>
    public string? RecoveryPath => Paths.Recovery;

    /// <summary>After <see cref="Open"/>, the number of requests of earlier commands whose end is unknown, and that were not sent again
    /// later. They may have been billed. 0 unless it resumes.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>The longest wait for another process.</summary>
    internal TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The edition and version of PowerShell, for its lines; null outside PowerShell.</summary>
    public string? PowerShell { get => Run.PowerShell; set => Run = Run with { PowerShell = value }; }

    /// <summary>Whether its lines hold digests in place of the prompt and of other texts that may repeat it.</summary>
    public bool OmitsPrompt { get => Run.OmitsPrompt; set => Run = Run with { OmitsPrompt = value }; }

    /// <summary>The run of this command, which is written into its lines.</summary>
    internal JournalRun Run { get; private set; } = new();

    /// <summary>Called for problems, on any thread.</summary>
    internal Action<ClientNotice>? OnNotice { get; set; }

    private JournalFile File => _file ??= OpenJournals.Join(Paths);

    /// <summary>Creates the journal and its folder if they are missing, and checks that it can be written. If it resumes, waits until no
    /// other process resumes.</summary>
    /// <param name="isStopping">Called during waits, also later: returns whether to stop waiting; null to never stop.</param>
    /// <param name="onWaiting">Called with the reason of a wait, on the caller's thread, also later; null for no call.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>; <see cref="TokaifyErrorId.InvalidArgument"/> if it
    /// is in UTF-16; <see cref="TokaifyErrorId.JournalInUse"/> if another process resumes for longer than a minute.</exception>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    public void Open(Func<bool>? isStopping = null, Action<string>? onWaiting = null)
    {
        _isStopping = isStopping ?? _isStopping;
        _report = onWaiting ?? _report;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            // The journal has to exist before its canonical path can be determined, because it may be a link.
            Await(TryMake, LockedError);
            if (_resumes)
            {
                Await(File.Resumption.TryBegin, InUseError);
                _isResuming = true;
            }

            Await(File.TryPrepare, LockedError);
            if (_resumes)
            {
                (_index, var isNew) = File.Resumption.OpenIndex(File.Paths);
                UnknownCount = isNew ? _index.UnknownCount : 0;
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(
                TokaifyErrorId.SaveFailed,
                $"The journal '{Path}' cannot be written: {exception.Message.TrimEnd('.')}. Nothing was sent. "
                + "Check its name and permissions, or use another one.",
                exception);
        }
    }

    /// <summary>Finds an edit that an earlier command has saved, and removes it from this command's list.</summary>
    /// <param name="edit">The edit; its fingerprint is known.</param>
    /// <returns>Its result, with the saved images that still exist; null if it has to be sent.</returns>
    public ImageEditResult? FindSaved(ImageEdit edit) =>
        _index?.TakeSaved(KeyOf(edit), _view) is { } place ? _index.ResultAt(place, edit) : null;

    /// <summary>Finds an edit that was permanently refused for an earlier command.</summary>
    /// <param name="edit">The edit; its fingerprint is known.</param>
    /// <returns>Its result, with the error; null if it has to be sent.</returns>
    public ImageEditResult? FindRefused(ImageEdit edit) => _index?.FindRefused(edit);

    /// <summary>Writes that a request was not sent, because its images exist, or because it was refused before.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="result">The result: the existing images, or the earlier refusal.</param>
    public void AppendSkipped(ImageEdit edit, ImageEditResult result) => Append(new JournalRecord
    {
        Outcome = JournalRecord.Skipped,
        Run = Run,
        Request = edit.Request,
        SourcePath = result.SourcePath,
        Origin = JournalOrigin.Of(edit),
        Fingerprint = edit.Fingerprint ?? RequestFingerprint.Of(edit.Request),
        Result = result,
        Error = result.Error,
        Duration = result.Duration,
    });

    /// <summary>Writes that an input was refused before its request was built, so that no row is missing from the journal.</summary>
    /// <param name="request">The request, as far as it is known.</param>
    /// <param name="sourcePath">The source; null if there is none.</param>
    /// <param name="error">Why it was refused.</param>
    /// <param name="origin">The other data that is needed to repeat the request; null if it is not known.</param>
    public void AppendRefused(ImageRequest request, string? sourcePath, TokaifyException error, JournalOrigin? origin = null) => Append(new JournalRecord
    {
        Outcome = JournalRecord.Failed,
        Run = Run,
        Request = request,
        SourcePath = sourcePath,
        Origin = origin,
        Error = error,
    });

    /// <summary>Waits until its lines are written.</summary>
    /// <returns>The problem, if lines of the journal are still in the recovery file; else null.</returns>
    public TokaifyException? Complete()
    {
        AwaitPending(0);
        return _file?.Settle() is { } flaw ? new TokaifyException(TokaifyErrorId.SaveFailed, flaw) : null;
    }

    /// <summary>Lets other processes resume, if no other command of this process resumes.</summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _stop.Cancel();
        AwaitPending(0);
        if (_isResuming)
        {
            File.Resumption.End();
        }

        if (_file is not null)
        {
            OpenJournals.Leave(_file);
            if (Folder is not null)
            {
                JournalFolder.CleanUp(_file.Paths);
            }
        }

        _stop.Dispose();
    }

    /// <summary>Appends a line.</summary>
    /// <returns>The place of the line.</returns>
    internal Task<long> AppendAsync(JournalRecord entry, CancellationToken cancellationToken) =>
        File.AppendAsync(new PendingLine(entry, this, cancellationToken));

    /// <summary>Takes an edit that another command of this process has saved meanwhile, or claims it, so that no other command sends
    /// it.</summary>
    /// <returns>Its result or a claim; both are null if this command does not resume.</returns>
    internal async Task<(ImageEditResult? Done, JournalClaim? Claim)> ClaimAsync(
        ImageEdit edit, RequestFingerprint fingerprint, CancellationToken cancellationToken)
    {
        if (_index is not { } index)
        {
            return default;
        }

        var (place, claim) = await index.ClaimAsync(JournalKey.Of(fingerprint), _view, File.Paths, cancellationToken).ConfigureAwait(false);
        if (claim is null)
        {
            return (index.ResultAt(place!.Value, edit), null);
        }

        // No other process may resume before this request has ended, even if the command is over.
        if (!File.Resumption.TryBegin())
        {
            claim.Dispose();
            throw new OperationCanceledException();
        }

        claim.OnEnd = File.Resumption.End;
        return (null, claim);
    }

    private void Append(JournalRecord entry)
    {
        _pending.Enqueue(AppendAsync(entry, _stop.Token));
        AwaitPending(MostPending);
    }

    /// <summary>Warns the user.</summary>
    internal void Warn(string message) => OnNotice?.Invoke(new ClientNotice(IsWarning: true, message));

    private static JournalKey KeyOf(ImageEdit edit) => JournalKey.Of(edit.Fingerprint ?? RequestFingerprint.Of(edit.Request));

    // Repeats a step until no other process blocks it.
    private void Await(Func<bool> tryIt, Func<string, TokaifyException> fail)
    {
        var clock = Stopwatch.StartNew();
        var isReported = false;
        while (!tryIt())
        {
            if (_isStopping())
            {
                throw new OperationCanceledException();
            }

            if (clock.Elapsed >= LockTimeout)
            {
                throw fail("Nothing was sent. Wait until that process has finished, or use another journal.");
            }

            if (!isReported && clock.Elapsed >= s_quietWait)
            {
                isReported = true;
                _report(fail($"Waiting until that process has finished, at most {LockTimeout.TotalSeconds:0} seconds.").Message);
            }

            Thread.Sleep(Tick);
        }
    }

    private bool TryMake()
    {
        try
        {
            JournalAppend.Open(Path).Dispose();
            return true;
        }
        catch (IOException exception) when (JournalLock.IsHeld(exception))
        {
            return false;
        }
    }

    private TokaifyException InUseError(string advice) =>
        new(TokaifyErrorId.JournalInUse, $"{DescribeUse()}: {Holder()}. {advice}");

    private TokaifyException LockedError(string advice) =>
        new(TokaifyErrorId.SaveFailed, $"The journal '{Path}' cannot be written: another process has locked it. {advice}");

    private string DescribeUse() =>
        Folder is null ? $"The journal '{Path}' is in use"
        : Folder.FindHeldOfOtherCount() is null ? $"Share {Folder.Share} of the journals in '{Folder.Path}' is in use"
        : $"The journals in '{Folder.Path}' are in use with another number of shares";

    private string Holder() => File.Resumption.Holder?.ToString() ?? "another process resumes from it";

    private void AwaitPending(int most)
    {
        var clock = Stopwatch.StartNew();
        var isReported = false;
        while (_pending.Count > 0 && (_pending.Count > most || _pending.Peek().IsCompleted))
        {
            while (!Task.WhenAny(_pending.Peek()).Wait(Tick))
            {
                if (!isReported && clock.Elapsed > JournalFile.LongWait)
                {
                    isReported = true;
                    _report(File.LongWaitMessage);
                }

                if (_isStopping())
                {
                    _stop.Cancel();
                }
            }

            _pending.Dequeue();
        }
    }
}
