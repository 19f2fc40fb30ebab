using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A command's journal: what earlier runs have done, and what this one does.</summary>
internal sealed class EditJournal : IDisposable
{
    // With -WhatIf, no file is created and no lock is waited for.
    private readonly JournalIndex? _dry;
    private TerminationSignal? _signal;

    private EditJournal(JournalWriter? writer, JournalIndex? dry)
    {
        Writer = writer;
        _dry = dry;
    }

    /// <summary>The journal's full path; null for none.</summary>
    public string? Path => Writer?.Path;

    /// <summary>The journals that tell of earlier runs: the journal, or all of its folder.</summary>
    public IReadOnlyList<string> Earlier => Writer is null ? [] : Writer.Folder?.Files() ?? [Writer.Path];

    /// <summary>Where lines are written; null for nowhere.</summary>
    public JournalWriter? Writer { get; }

    /// <summary>Names a journal. Nothing is written yet.</summary>
    /// <param name="path">The full path of the journal, or of a folder of journals; null for none.</param>
    /// <param name="isFolder">Whether it is a folder also if it does not exist yet.</param>
    /// <param name="share">The share of the sources that the command takes; null for all.</param>
    /// <param name="resume">Whether what it holds as saved is left out.</param>
    /// <param name="isDry">Whether nothing is sent.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static EditJournal For(string? path, bool isFolder, string? share, bool resume, bool isDry)
    {
        if (path is null)
        {
            return resume
                ? throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    "-Resume goes on from what a journal says was done: name it with -JournalPath.")
                : new EditJournal(writer: null, dry: null);
        }

        // A name that is a device elsewhere is refused everywhere: what is written there is lost, and everything paid for again.
        if (RegularFile.IsSpecial(path) || WindowsPath.MayBeDevice(path))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}' cannot be a journal: it is a device, a named pipe or an alternate stream, or has the name "
                + "of a device. -JournalPath names a file, such as edits.jsonl.");
        }

        var writer = isFolder || Directory.Exists(path) ? JournalWriter.InFolder(path, share, resume) : new JournalWriter(path, resume);
        return new EditJournal(writer, isDry && resume ? JournalIndex.Load(writer.Paths) : null);
    }

    /// <summary>Makes sure that the journal can be written, and that no other process resumes from it.</summary>
    /// <param name="command">Tells of a wait, and may be stopped meanwhile.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>, <see cref="TokaifyErrorId.InvalidArgument"/> or
    /// <see cref="TokaifyErrorId.JournalInUse"/>.</exception>
    public void Open(TokaifyCommand command)
    {
        try
        {
            Writer?.Open(() => command.Stopping, command.WriteWarning);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        if (Writer?.UnknownCount > 0)
        {
            command.WriteWarning(
                $"Of {Writer.UnknownCount} requests in the journal '{Writer.Folder?.Path ?? Path}', the end is unknown, because a command was stopped: they may have "
                + "been billed. -Resume sends them again.");
        }
    }

    /// <summary>Has what is in flight come to its end, and to its lines of the journal, where the process is told to end.</summary>
    /// <param name="cancel">Cancels what is in flight. On any thread.</param>
    /// <param name="wait">Waits until it has ended, for a span at the most.</param>
    public void Watch(Action cancel, Action<TimeSpan> wait) => _signal = new TerminationSignal(cancel, wait);

    /// <summary>The edit with its fingerprint, where there is a journal.</summary>
    /// <exception cref="TokaifyException">An image of its cannot be read.</exception>
    public ImageEdit Identify(ImageEdit edit) =>
        Writer is null ? edit : edit with { Fingerprint = RequestFingerprint.Of(edit.Request) };

    /// <summary>The result of an edit that an earlier run has saved; null where it must be sent.</summary>
    public ImageEditResult? FindDone(ImageEdit edit) => _dry is null ? Writer?.FindSaved(edit) : _dry.Take(edit);

    /// <summary>The result of an edit that an earlier run was refused for good; null where it must be sent.</summary>
    public ImageEditResult? FindRefused(ImageEdit edit) => _dry is null ? Writer?.FindRefused(edit) : _dry.FindRefused(edit);

    /// <summary>Notes that an edit was not sent.</summary>
    public void AppendSkipped(ImageEdit edit, ImageEditResult result) => Writer?.AppendSkipped(edit, result);

    /// <summary>Notes what cannot be sent.</summary>
    public void AppendRefused(ImageRequest request, string? sourcePath, TokaifyException error, JournalOrigin? origin) =>
        Writer?.AppendRefused(request, sourcePath, error, origin);

    /// <summary>Waits until all lines are written, and lets other processes resume.</summary>
    /// <returns>What went wrong with that; null for nothing.</returns>
    public TokaifyException? Complete()
    {
        var flaw = Writer?.Complete();
        Dispose();
        return flaw;
    }

    /// <summary>Lets other processes resume.</summary>
    public void Dispose()
    {
        Writer?.Dispose();
        _signal?.Dispose();
        _signal = null;
    }
}
