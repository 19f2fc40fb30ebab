using System.Diagnostics;

namespace Tokaify;

/// <summary>Whose turn it is to append to a journal, among the tasks and processes that share it.</summary>
/// <remarks>It lies in a file beside the journal: a lock on the journal itself would on some systems keep out those who
/// only read it, and they would keep out the writers (<c>Get-Content -Wait</c>). The file stays: were it removed, two could
/// hold a lock each, on the file that was there and on the one that is.</remarks>
internal static class JournalLock
{
    private const int LongestNap = 40;

    public static string PathFor(string journal) =>
        Path.Combine(Path.GetDirectoryName(journal)!, $".{Path.GetFileName(journal)}.lock");

    /// <summary>Waits for the turn.</summary>
    /// <param name="journal">The journal's full path.</param>
    /// <param name="patience">The time to wait at the most.</param>
    /// <returns>To be disposed of when the line is written.</returns>
    /// <exception cref="IOException">Another had it all the time, or no file can be made there.</exception>
    public static async Task<IDisposable> TakeAsync(string journal, TimeSpan patience)
    {
        var path = PathFor(journal);
        var clock = Stopwatch.StartNew();
        // As many naps as there are waiters would meet again and again, were they of the same length.
        var random = new Random(Guid.NewGuid().GetHashCode());
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
            {
                if (clock.Elapsed >= patience)
                {
                    throw;
                }
            }

#pragma warning disable CA5394 // It spreads naps, and keeps no secret.
            await Task.Delay(random.Next(1, LongestNap)).ConfigureAwait(false);
#pragma warning restore CA5394
        }
    }
}
