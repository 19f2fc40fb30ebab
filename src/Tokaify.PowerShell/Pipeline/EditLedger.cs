namespace Tokaify.PowerShell;

/// <summary>A command's journal: what earlier runs have done, and what this one does.</summary>
internal sealed class EditLedger
{
    private readonly JournalIndex? _done;

    private EditLedger(JournalWriter? writer, JournalIndex? done)
    {
        Writer = writer;
        _done = done;
    }

    /// <summary>The journal's full path; null for none.</summary>
    public string? Path { get; private init; }

    /// <summary>Where lines are written; null for nowhere.</summary>
    public JournalWriter? Writer { get; }

    /// <summary>Reads what is needed of a journal. Nothing is written yet.</summary>
    /// <param name="path">The journal's full path; null for none.</param>
    /// <param name="resume">Whether what it holds as saved is left out.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static EditLedger For(string? path, bool resume)
    {
        if (path is null)
        {
            return resume
                ? throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    "-Resume goes on from what a journal says was done: name it with -JournalPath.")
                : new EditLedger(writer: null, done: null);
        }

        if (Directory.Exists(path))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"'{path}' is a folder. -JournalPath names a file, such as edits.jsonl in it.");
        }

        return new EditLedger(new JournalWriter(path), resume ? JournalIndex.Load(path) : null) { Path = path };
    }

    /// <summary>Makes sure that the journal can be written.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Open() => Writer?.Open();

    /// <summary>The edit with its fingerprint, where there is a journal.</summary>
    /// <exception cref="TokaifyException">A picture of its cannot be read.</exception>
    public ImageEdit Identify(ImageEdit edit) =>
        Writer is null ? edit : edit with { Fingerprint = RequestFingerprint.Of(edit.Request) };

    /// <summary>The result of an edit that an earlier run has saved; null where it must be sent.</summary>
    public ImageEditResult? FindDone(ImageEdit edit) => _done?.Take(edit);

    /// <summary>Notes that an edit was not sent.</summary>
    /// <returns>What went wrong with that; null for nothing.</returns>
    public string? AppendSkipped(ImageEdit edit, ImageEditResult result) => Writer?.AppendSkipped(edit, result);
}
