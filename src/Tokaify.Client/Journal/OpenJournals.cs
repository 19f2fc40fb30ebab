namespace Tokaify;

/// <summary>The journals that are open in this process, for its commands to share.</summary>
/// <remarks>The system's locks belong to processes, or to open files, but never to commands: two commands of one process would shut each
/// other out, or not at all.</remarks>
internal static class OpenJournals
{
    private static readonly object s_lock = new();
    private static readonly Dictionary<string, (JournalFile File, int Users)> s_open = new(CanonicalPath.Comparer);

    /// <summary>Opens a journal, or joins those who have it open.</summary>
    public static JournalFile Join(JournalPaths paths)
    {
        lock (s_lock)
        {
            var (file, users) = s_open.TryGetValue(paths.Journal, out var open) ? open : (new JournalFile(paths), 0);
            s_open[paths.Journal] = (file, users + 1);
            return file;
        }
    }

    /// <summary>Ends what <see cref="Join"/> began.</summary>
    public static void Leave(JournalFile file)
    {
        lock (s_lock)
        {
            var (_, users) = s_open[file.Paths.Journal];
            if (users > 1)
            {
                s_open[file.Paths.Journal] = (file, users - 1);
            }
            else
            {
                s_open.Remove(file.Paths.Journal);
            }
        }
    }
}
