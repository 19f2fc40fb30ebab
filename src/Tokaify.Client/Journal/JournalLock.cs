namespace Tokaify;

/// <summary>Whose turn it is to append to a journal, among the processes that share it.</summary>
/// <remarks>It lies in a file beside the journal: a lock on the journal itself would on some systems keep out those who
/// only read it, such as a program that follows it, and they would keep out the writers. The file stays: were it removed, two could
/// hold a lock each, on the file that was there and on the one that is. The system removes the lock when a process ends.</remarks>
internal static class JournalLock
{
    private const int LongestNap = 40;

    [ThreadStatic]
    private static Random? s_random;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock's file, made if missing.</param>
    /// <returns>To be disposed of at the end of the turn; null if another holds it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    /// <summary>Takes the lock, and waits for it on this thread.</summary>
    /// <param name="path">The lock's file, made if missing.</param>
    /// <param name="patience">The time to wait at the most.</param>
    /// <exception cref="IOException">Another held it all the time, or the file cannot be made.</exception>
    public static FileStream Take(string path, TimeSpan patience)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (TryTake(path) is { } turn)
            {
                return turn;
            }

            if (clock.Elapsed >= patience)
            {
                throw new IOException($"Another process has held '{path}' for {patience.TotalSeconds:0.#} seconds.");
            }

            Thread.Sleep(Nap());
        }
    }

    /// <summary>Milliseconds until the next try. Waiters whose naps are of the same length would meet again and again.</summary>
#pragma warning disable CA5394 // It spreads naps, and keeps no secret.
    public static int Nap() => (s_random ??= new Random(Guid.NewGuid().GetHashCode())).Next(1, LongestNap);
#pragma warning restore CA5394

    /// <summary>Whether a file could not be opened because another has locked it.</summary>
    /// <remarks>A sharing violation or a lock, as Windows numbers them, and Mono everywhere; EWOULDBLOCK of Linux and of macOS.</remarks>
    public static bool IsHeld(IOException exception) =>
        exception.HResult is unchecked((int)0x80070020) or unchecked((int)0x80070021) or 11 or 35;
}
