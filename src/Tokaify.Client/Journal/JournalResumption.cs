namespace Tokaify;

/// <summary>The state that is shared by the commands of this process that resume from one journal, or for one share from a folder of
/// journals: the lock against other processes, and the index of the saved requests.</summary>
/// <param name="paths">The files of the journal of the first of these commands.</param>
internal sealed class JournalResumption(JournalPaths paths)
{
    private readonly object _lock = new();
    private ResumeLock? _held;
    private int _resuming;

    /// <summary>The index of the saved requests; null while no command of this process resumes.</summary>
    public JournalIndex? Index { get; private set; }

    /// <summary>The other process that holds the lock; null if it is not known.</summary>
    public JournalHolder? Holder =>
        JournalHolder.Read(paths.Folder?.FindHeldOfOtherCount() is { } other ? JournalPaths.HolderOf(other) : paths.Holder);

    /// <summary>Begins to resume, for one of the commands.</summary>
    /// <returns>False if another process resumes; else the caller has to call <see cref="End"/>.</returns>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_resuming == 0 && (_held = ResumeLock.TryTake(paths)) is null)
            {
                return false;
            }

            _resuming++;
            return true;
        }
    }

    /// <summary>Reads the saved requests, or those that were saved since the last call.</summary>
    /// <param name="own">The journal that the command writes to.</param>
    /// <returns>The index, and whether it was created by this call.</returns>
    /// <exception cref="TokaifyException">The journal cannot be read.</exception>
    public (JournalIndex Index, bool IsNew) OpenIndex(JournalPaths own)
    {
        lock (_lock)
        {
            if (Index is not null)
            {
                Index.CatchUp(own);
                return (Index, false);
            }

            foreach (var file in own.Folder?.Files() ?? [])
            {
                JournalSink.MoveRecovered(new JournalPaths(file, own.Folder));
            }

            Index = JournalIndex.Load(own);
            return (Index, true);
        }
    }

    /// <summary>Ends a <see cref="TryBegin"/>. After the last one, other processes can resume.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--_resuming == 0)
            {
                Index = null;
                _held!.Dispose();
            }
        }
    }
}
