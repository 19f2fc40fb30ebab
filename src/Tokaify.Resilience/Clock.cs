namespace Tokaify.Resilience;

/// <summary>Waits with a clock that a test can replace.</summary>
internal static class Clock
{
    /// <summary>Waits until a moment.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="start">The timestamp from which the moment is counted.</param>
    /// <param name="moment">The time from the start to the moment. It is called again after each wait, because the moment may move.</param>
    /// <param name="attempt">The attempt that waits.</param>
    public static async Task WaitUntilAsync(this TimeProvider clock, long start, Func<TimeSpan> moment, Attempt attempt)
    {
        TimeSpan left;
        while ((left = moment() - clock.GetElapsedTime(start)) > TimeSpan.Zero)
        {
            // Timers count milliseconds and may fire slightly early.
            var span = left + TimeSpan.FromMilliseconds(1);
            await attempt.WaitAsync(token => clock.DelayAsync(span, token)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a span.</summary>
    public static Task DelayAsync(this TimeProvider clock, TimeSpan span, CancellationToken cancellationToken) =>
#if NET
        Task.Delay(span, clock, cancellationToken);
#else
        clock == TimeProvider.System ? Task.Delay(span, cancellationToken) : DelayByTimerAsync(clock, span, cancellationToken);

    // The delay of Microsoft.Bcl.TimeProvider continues on another thread, and the clock of a test may have advanced by then. This delay
    // continues in the callback of the timer, as the one of .NET does.
    private static async Task DelayByTimerAsync(TimeProvider clock, TimeSpan span, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource<bool>();
        using var timer = clock.CreateTimer(_ => end.TrySetResult(true), state: null, span, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(() => end.TrySetCanceled(cancellationToken));
        await end.Task.ConfigureAwait(false);
    }
#endif
}
