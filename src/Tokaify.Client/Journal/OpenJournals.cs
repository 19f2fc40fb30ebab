namespace Tokaify;

/// <summary>The open journals of this process, which its commands share.</summary>
/// <remarks>The system's locks belong to processes or to open files, never to commands: between two commands of one process, they would
/// block always or never.</remarks>
internal static class OpenJournals
{
    private static readonly SharedByPath<JournalFile> s_files = new();
    private static readonly SharedByPath<JournalResumption> s_resumptions = new();

    /// <summary>Opens a journal, or adds a user to the open one.</summary>
    public static JournalFile Join(JournalPaths paths)
    {
        var resumption = s_resumptions.Join(paths.ResumeLock, () => new JournalResumption(paths));
        return s_files.Join(paths.Journal, () => new JournalFile(paths, resumption));
    }

    /// <summary>Ends a <see cref="Join"/>.</summary>
    public static void Leave(JournalFile file)
    {
        s_files.Leave(file.Paths.Journal);
        s_resumptions.Leave(file.Paths.ResumeLock);
    }
}
