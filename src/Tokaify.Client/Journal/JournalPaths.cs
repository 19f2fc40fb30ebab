using System.Text;

namespace Tokaify;

/// <summary>The files that belong to a journal.</summary>
internal sealed class JournalPaths
{
    private const int DigestLength = 16;

    /// <summary>Names them.</summary>
    /// <param name="path">A full path of the journal, which need not exist.</param>
    /// <param name="folder">The folder of journals that it is one of; null for a journal by itself.</param>
    public JournalPaths(string path, JournalFolder? folder = null)
    {
        Folder = folder;
        Journal = CanonicalPath.Of(path);
        Lock = Beside("lock");
        ResumeLock = folder?.ResumeLock ?? Beside("resume");
        Holder = HolderOf(ResumeLock);
        Recovery = RecoveryFolder.Default.PathOf($"journal-{DigestOf(Journal)}-{Path.GetFileName(Journal)}");
    }

    /// <summary>The journal: its canonical path, so that processes that know it by several names agree on the other files.</summary>
    public string Journal { get; }

    /// <summary>The folder of journals that it is one of; null for a journal by itself.</summary>
    public JournalFolder? Folder { get; }

    /// <summary>Locked by the writer for as long as one append takes.</summary>
    public string Lock { get; }

    /// <summary>Locked by the process that resumes, as long as it does.</summary>
    public string ResumeLock { get; }

    /// <summary>Says which process holds <see cref="ResumeLock"/>: that one cannot be read on Windows.</summary>
    public string Holder { get; }

    /// <summary>Lines that could not be written to the journal; null for an account without a folder for such data.</summary>
    public string? Recovery { get; }

    /// <summary>The file that says which process holds a lock of those that resume.</summary>
    public static string HolderOf(string resumeLock) => resumeLock + ".json";

    private string Beside(string suffix) => Path.Combine(Path.GetDirectoryName(Journal)!, $".{Path.GetFileName(Journal)}.{suffix}");

    private static string DigestOf(string path)
    {
        var text = Path.DirectorySeparatorChar == '\\' ? path.ToUpperInvariant() : path;
        return Sha256.Of(Encoding.UTF8.GetBytes(text)).Substring(0, DigestLength);
    }
}
