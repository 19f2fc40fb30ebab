namespace Tokaify;

/// <summary>The lock that a process needs to append to a journal that several processes share.</summary>
/// <remarks>It is a file beside the journal. On some systems, a lock on the journal itself would block its readers, such as a program that
/// follows it, and readers would block the writers. The file is never removed: otherwise two processes could each hold a lock, one on the
/// removed file and one on the new file. The system releases the lock when a process ends.</remarks>
internal static class JournalLock
{
    private const int LongestDelay = 40;

    [ThreadStatic]
    private static Random? s_random;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="mode">Whether it is created if it is missing.</param>
    /// <param name="access">How it is opened. Some network file systems lock only files that are opened for writing.</param>
    /// <returns>The lock, to be disposed of; null if another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be created or opened.</exception>
    public static FileStream? TryTake(string path, FileMode mode = FileMode.OpenOrCreate, FileAccess access = FileAccess.ReadWrite)
    {
        try
        {
            return new FileStream(path, mode, access, FileShare.None, bufferSize: 1);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    /// <summary>Takes the lock; blocks this thread until it is free.</summary>
    /// <param name="path">The lock file, created if missing.</param>
    /// <param name="timeout">The longest time to wait.</param>
    /// <exception cref="IOException">Another process held it all the time, or the file cannot be created.</exception>
    public static FileStream Take(string path, TimeSpan timeout)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (TryTake(path) is { } held)
            {
                return held;
            }

            if (clock.Elapsed >= timeout)
            {
                throw new IOException($"Another process has locked '{path}' for {timeout.TotalSeconds:0.#} seconds.");
            }

            Thread.Sleep(NextDelay());
        }
    }

    /// <summary>The number of milliseconds until the next try. It is random, because waiters with equal delays would collide again and
    /// again.</summary>
#pragma warning disable CA5394 // The delay only spreads the tries over time, and is not used for security.
    public static int NextDelay() => (s_random ??= new Random(Guid.NewGuid().GetHashCode())).Next(1, LongestDelay);
#pragma warning restore CA5394

    /// <summary>Whether a file could not be opened because another process has locked it.</summary>
    /// <remarks>These are the codes of a sharing violation and of a lock on Windows, which Mono uses on all systems, and EWOULDBLOCK of
    /// Linux and of macOS.</remarks>
    public static bool IsHeld(IOException exception) =>
        exception.HResult is unchecked((int)0x80070020) or unchecked((int)0x80070021) or 11 or 35;
}
