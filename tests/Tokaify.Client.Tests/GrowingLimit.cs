namespace Tokaify.Tests;

/// <summary>A time limit that has to end one step, but not the steps before it. A busy machine may need longer for these: then the test is
/// run again with a longer limit.</summary>
internal static class GrowingLimit
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    /// <summary>Runs a test until its limit is long enough.</summary>
    /// <param name="limit">The first limit.</param>
    /// <param name="run">Runs it with a limit. A <see cref="TokaifyErrorId.Timeout"/> is a limit that was too short.</param>
    /// <param name="wasLongEnough">Whether the steps before the limit were completed.</param>
    public static async Task<T> RunAsync<T>(TimeSpan limit, Func<TimeSpan, Task<T>> run, Func<T, bool> wasLongEnough)
    {
        while (true)
        {
            try
            {
                var outcome = await run(limit);
                if (wasLongEnough(outcome) || limit > s_longest)
                {
                    return outcome;
                }
            }
            catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.Timeout && limit <= s_longest)
            {
                // The limit is raised, and the test is run again.
            }

            limit += limit + limit;
        }
    }
}
