using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A command's journal: reads the edits of earlier runs, and writes those of this one.</summary>
internal sealed class EditJournal : IDisposable
{
    // With -WhatIf, the journal is only read: no file is created, and no lock is awaited.
    private readonly JournalIndex? _dry;
    private TerminationSignal? _signal;

    private EditJournal(JournalWriter? writer, JournalIndex? dry)
    {
        Writer = writer;
        _dry = dry;
    }

    /// <summary>The journal's full path; null if there is none.</summary>
    public string? Path => Writer?.Path;

    /// <summary>The journals with earlier runs: the journal itself, or all journals of its folder.</summary>
    public IReadOnlyList<string> Earlier => Writer is null ? [] : Writer.Folder?.Files() ?? [Writer.Path];

    /// <summary>Writes the lines; null if there is no journal.</summary>
    public JournalWriter? Writer { get; }

    /// <summary>Creates the journal of a command. Nothing is written yet.</summary>
    /// <param name="path">The full path of the journal, or of a folder of journals; null for no journal.</param>
    /// <param name="origin">The profile or the variable that names it, for errors; null if the command line does.</param>
    /// <param name="isFolder">Whether the path is a folder even if it does not exist yet.</param>
    /// <param name="share">The share of the sources that the command takes; null if it takes all.</param>
    /// <param name="resume">Whether edits that are saved according to the journal are skipped.</param>
    /// <param name="isDry">Whether it is a dry run.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static EditJournal For(string? path, string? origin, bool isFolder, string? share, bool resume, bool isDry)
    {
        if (path is null)
        {
            return resume
                ? throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    "-Resume needs the journal of the earlier run: name it with -JournalPath.")
                : new EditJournal(writer: null, dry: null);
        }

        // A name that is a device on any system is refused on all of them: lines written to a device are lost, and the edits would be paid
        // for again.
        if (RegularFile.IsSpecial(path) || WindowsPath.MayBeDevice(path))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}'{(origin is null ? "" : $", which {origin} names,")} cannot be a journal: it is a device, a named pipe or an alternate stream, or has the name "
                + "of a device. Give -JournalPath a file, such as edits.jsonl.");
        }

        var writer = isFolder || Directory.Exists(path) ? JournalWriter.InFolder(path, share, resume) : new JournalWriter(path, resume);
        return new EditJournal(writer, isDry && resume ? JournalIndex.Load(writer.Paths) : null);
    }

    /// <summary>Makes sure that the journal can be written, and that no other process resumes from it.</summary>
    /// <param name="command">Writes a warning about a wait, and may be stopped meanwhile.</param>
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
                $"The journal '{Writer.Folder?.Path ?? Path}' has {Writer.UnknownCount} requests without an end, because a command "
                + "was stopped. They may have "
                + "been billed. -Resume sends them again.");
        }
    }

    /// <summary>If the process gets a signal to end, cancels edits in flight and waits until their journal lines are written.</summary>
    /// <param name="cancel">Cancels edits in flight. Called on any thread.</param>
    /// <param name="wait">Waits until they have ended, at most for the given time.</param>
    public void Watch(Action cancel, Action<TimeSpan> wait) => _signal = new TerminationSignal(cancel, wait);

    /// <summary>Adds the fingerprint to an edit, if there is a journal.</summary>
    /// <exception cref="TokaifyException">An image of the edit cannot be read.</exception>
    public ImageEdit Identify(ImageEdit edit) =>
        Writer is null ? edit : edit with { Fingerprint = RequestFingerprint.Of(edit.Request) };

    /// <summary>The result of an edit that an earlier run has saved; null if the edit must be sent.</summary>
    public ImageEditResult? FindDone(ImageEdit edit) => _dry is null ? Writer?.FindSaved(edit) : _dry.Take(edit);

    /// <summary>The result of an edit that was permanently refused in an earlier run; null if the edit must be sent.</summary>
    public ImageEditResult? FindRefused(ImageEdit edit) => _dry is null ? Writer?.FindRefused(edit) : _dry.FindRefused(edit);

    /// <summary>Writes a line for an edit that was skipped.</summary>
    public void AppendSkipped(ImageEdit edit, ImageEditResult result) => Writer?.AppendSkipped(edit, result);

    /// <summary>Writes a line for a request that cannot be sent.</summary>
    public void AppendRefused(ImageRequest request, string? sourcePath, TokaifyException error, JournalOrigin? origin) =>
        Writer?.AppendRefused(request, sourcePath, error, origin);

    /// <summary>Waits until all lines are written, and lets other processes resume.</summary>
    /// <returns>The error; null if there is none.</returns>
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
