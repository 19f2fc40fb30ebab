namespace Tokaify;

/// <summary>Keeps the lines that could not be written to a journal in the user's own folder, until they can be written.</summary>
/// <param name="path">The file; null if there is no folder for it.</param>
internal sealed class JournalRecovery(string? path)
{
    // Other processes of the user hold the lock only while they append.
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether there are lines.</summary>
    public bool HasLines => path is not null && new FileInfo(path) is { Exists: true, Length: > 0 };

    // One lock for all journals, because it is needed rarely.
    private string LockPath => Path.Combine(Path.GetDirectoryName(path)!, ".journals.lock");

    /// <summary>Appends lines.</summary>
    /// <returns>The offset of the first line.</returns>
    /// <exception cref="IOException">The lines cannot be written here either.</exception>
    public long Append(IReadOnlyCollection<byte[]> lines)
    {
        if (path is null)
        {
            throw new DirectoryNotFoundException("The account has no folder for data.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var held = JournalLock.Take(LockPath, s_lockTimeout);
        return JournalAppend.Write(path, lines, isDurable: true);
    }

    /// <summary>Moves the lines to the end of the journal. The caller holds the journal's lock.</summary>
    /// <param name="journal">The journal's path.</param>
    /// <returns>The offsets of their beginning and end in the journal; null if there were no lines.</returns>
    /// <exception cref="IOException">The journal, or this file, cannot be written.</exception>
    public (long Start, long End)? MoveTo(string journal)
    {
        if (path is null || !HasLines)
        {
            return null;
        }

        using var held = JournalLock.Take(LockPath, s_lockTimeout);
        var lines = JournalLines.Read(path).Where(line => line.Line.Length > 0).Select(line => line.Line.ToArray()).ToList();
        RemoveThoseOf(journal, lines);
        var start = lines.Count > 0 ? JournalAppend.Write(journal, lines, isDurable: true) : 0;
        // The file is emptied first, so that its lines do not count twice if it cannot be removed.
        using (var file = JournalAppend.Open(path))
        {
            file.SetLength(0);
        }

        File.Delete(path);
        return lines.Count == 0 ? null : (start, start + lines.Sum(line => line.Length + 1L));
    }

    // A process may have been killed after it appended the lines to the journal and before it removed them here.
    private static void RemoveThoseOf(string journal, List<byte[]> lines)
    {
        var lengths = new HashSet<int>(lines.Select(line => line.Length));
        var present = new HashSet<string>(
            JournalLines.Read(journal).Where(line => lengths.Contains(line.Line.Length)).Select(line => TextOf(line.Line.ToArray())),
            StringComparer.Ordinal);
        lines.RemoveAll(line => present.Contains(TextOf(line)));
    }

    private static string TextOf(byte[] line) => Convert.ToBase64String(line);
}
