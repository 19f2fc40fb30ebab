namespace Tokaify.Resilience;

/// <summary>Spreads the starts of attempts evenly: each waits for its own moment, and unused moments are not saved for a burst.</summary>
internal sealed class RateLimiter : IAttemptStrategy
{
    private readonly TimeSpan _spacing;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly object _lock = new();
    private TimeSpan _next;
    private TimeSpan _notBefore;

    /// <summary>Creates a rate limiter whose first moment is now.</summary>
    /// <param name="spacing">The time between two moments.</param>
    /// <param name="clock">The clock.</param>
    public RateLimiter(TimeSpan spacing, TimeProvider clock)
    {
        _spacing = spacing;
        _clock = clock;
        _start = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        var moment = Reserve(Now);
        await _clock.WaitUntilAsync(_start, () => moment = Keep(moment), attempt).ConfigureAwait(false);
        return await next(attempt).ConfigureAwait(false);
    }

    /// <summary>Takes the next free moment.</summary>
    /// <param name="now">The time by the clock.</param>
    /// <returns>The moment by the same clock: now, or later.</returns>
    public TimeSpan Reserve(TimeSpan now)
    {
        lock (_lock)
        {
            var moment = Max(_next, Max(now, _notBefore));
            _next = moment + _spacing;
            return moment;
        }
    }

    /// <summary>Starts no attempt for a span from now on. Reserved moments within the span are cancelled: the waiting attempts get new
    /// ones, so that they do not start all at once.</summary>
    public void Postpone(TimeSpan span)
    {
        lock (_lock)
        {
            _notBefore = Max(_notBefore, Now + span);
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_start);

    private TimeSpan Keep(TimeSpan moment)
    {
        lock (_lock)
        {
            return moment < _notBefore ? Reserve(Now) : moment;
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
