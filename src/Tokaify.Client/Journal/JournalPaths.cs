
namespace Tokaify;

/// <summary>The paths of the files that belong to a journal.</summary>
internal sealed class JournalPaths
{
    private const int DigestLength = 16;

    /// <summary>Creates the paths.</summary>
    /// <param name="path">A full path of the journal, which need not exist.</param>
    /// <param name="folder">The folder of journals to which it belongs; null if it belongs to none.</param>
    public JournalPaths(string path, JournalFolder? folder = null)
    {
        Folder = folder;
        Journal = CanonicalPath.Of(path);
        Lock = Beside("lock");
        ResumeLock = folder?.ResumeLock ?? Beside("resume");
        Holder = HolderOf(ResumeLock);
        Recovery = RecoveryFolder.Default.PathOf($"journal-{DigestOf(Journal)}-{Path.GetFileName(Journal)}");
    }

    /// <summary>The journal: its canonical path, so that processes that use different names for it use the same other files.</summary>
    public string Journal { get; }

    /// <summary>The folder of journals to which it belongs; null if it belongs to none.</summary>
    public JournalFolder? Folder { get; }

    /// <summary>Locked by the writer for as long as one append takes.</summary>
    public string Lock { get; }

    /// <summary>Locked by the process that resumes, for as long as it does.</summary>
    public string ResumeLock { get; }

    /// <summary>The file that names the process which holds <see cref="ResumeLock"/>. It is a separate file, because a locked file cannot
    /// be read on Windows.</summary>
    public string Holder { get; }

    /// <summary>The file for lines that could not be written to the journal; null if the account has no folder for such data.</summary>
    public string? Recovery { get; }

    /// <summary>Returns the path of the file that names the process which holds a resume lock.</summary>
    public static string HolderOf(string resumeLock) => resumeLock + ".json";

    // A Windows device has no folder. It is refused before any of these files is opened.
    private string Beside(string suffix) => Path.Combine(Path.GetDirectoryName(Journal) ?? "", $".{Path.GetFileName(Journal)}.{suffix}");

    private static string DigestOf(string path)
    {
        var text = Path.DirectorySeparatorChar == '\\' ? path.ToUpperInvariant() : path;
        return Sha256.OfText(text).Substring(0, DigestLength);
    }
}
