namespace Tokaify;

/// <summary>The journals that are open in this process, for its commands to share.</summary>
/// <remarks>The system's locks belong to processes, or to open files, but never to commands: two commands of one process would shut each
/// other out, or not at all.</remarks>
internal static class OpenJournals
{
    private static readonly SharedByPath<JournalFile> s_files = new();
    private static readonly SharedByPath<JournalResumption> s_resumptions = new();

    /// <summary>Opens a journal, or joins those who have it open.</summary>
    public static JournalFile Join(JournalPaths paths)
    {
        var resumption = s_resumptions.Join(paths.ResumeLock, () => new JournalResumption(paths));
        return s_files.Join(paths.Journal, () => new JournalFile(paths, resumption));
    }

    /// <summary>Ends what <see cref="Join"/> began.</summary>
    public static void Leave(JournalFile file)
    {
        s_files.Leave(file.Paths.Journal);
        s_resumptions.Leave(file.Paths.ResumeLock);
    }
}
