namespace Tokaify;

/// <summary>What the commands of this process have in common that resume from one journal, or for one share from a folder of them: the
/// lock that keeps out other processes, and the index of what was saved.</summary>
/// <param name="paths">The journal's files, of the first of these commands.</param>
internal sealed class JournalResumption(JournalPaths paths)
{
    private readonly object _lock = new();
    private ResumeLock? _held;
    private int _resuming;

    /// <summary>What was saved; null while no command of this process resumes.</summary>
    public JournalIndex? Index { get; private set; }

    /// <summary>What another process holds that is in the way; null if nothing is known of it.</summary>
    public JournalHolder? Holder =>
        JournalHolder.Read(paths.Folder?.FindHeldOfOtherCount() is { } other ? JournalPaths.HolderOf(other) : paths.Holder);

    /// <summary>Begins to resume, as one of this process's commands.</summary>
    /// <returns>False if another process does; else <see cref="End"/> is due.</returns>
    /// <exception cref="IOException">No lock can be made.</exception>
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

    /// <summary>Reads what was saved, or what has been since.</summary>
    /// <param name="own">The journal that the command writes to.</param>
    /// <returns>The index, and whether it was read anew.</returns>
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
                JournalSink.TakeUp(new JournalPaths(file, own.Folder));
            }

            Index = JournalIndex.Load(own);
            return (Index, true);
        }
    }

    /// <summary>Ends what <see cref="TryBegin"/> began. With the last one, other processes may.</summary>
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
