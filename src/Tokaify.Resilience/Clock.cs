namespace Tokaify.Resilience;

/// <summary>Waits by a clock that a test may replace.</summary>
internal static class Clock
{
    /// <summary>Waits until a moment.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="start">The timestamp that the moment counts from.</param>
    /// <param name="moment">The time from the start to the moment. It is asked again after each wait, so that it may move.</param>
    /// <param name="attempt">What waits.</param>
    public static async Task WaitUntilAsync(this TimeProvider clock, long start, Func<TimeSpan> moment, Attempt attempt)
    {
        TimeSpan left;
        while ((left = moment() - clock.GetElapsedTime(start)) > TimeSpan.Zero)
        {
            // Timers count in milliseconds and may fire a little early.
            var span = left + TimeSpan.FromMilliseconds(1);
            await attempt.WaitAsync(token => clock.DelayAsync(span, token)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a span.</summary>
    public static Task DelayAsync(this TimeProvider clock, TimeSpan span, CancellationToken cancellationToken) =>
#if NET
        Task.Delay(span, clock, cancellationToken);
#else
        clock.Delay(span, cancellationToken);
#endif
}
