namespace Tokaify.Resilience;

/// <summary>After "too many requests", starts no attempt for a while. One such response applies to all operations.</summary>
internal sealed class Cooldown : IAttemptStrategy
{
    private readonly TimeProvider _clock;
    private readonly Func<Exception, TimeSpan?> _spanAfter;
    private readonly Action<TimeSpan> _onExtended;
    private readonly long _start;
    private long _untilTicks;

    /// <summary>Creates a cooldown that is off.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="spanAfter">Returns the span for which a failed attempt turns it on; null if it does not.</param>
    /// <param name="onExtended">Called with the span each time.</param>
    public Cooldown(TimeProvider clock, Func<Exception, TimeSpan?> spanAfter, Action<TimeSpan> onExtended)
    {
        _clock = clock;
        _spanAfter = spanAfter;
        _onExtended = onExtended;
        _start = clock.GetTimestamp();
    }

    private TimeSpan Until => TimeSpan.FromTicks(Interlocked.Read(ref _untilTicks));

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        if (_untilTicks > 0)
        {
            await _clock.WaitUntilAsync(_start, () => Until, attempt).ConfigureAwait(false);
        }

        try
        {
            return await next(attempt).ConfigureAwait(false);
        }
        catch (Exception exception) when (ExtendAfter(exception))
        {
            throw;
        }
    }

    /// <summary>Starts no attempt for a span from now on.</summary>
    public void Extend(TimeSpan span)
    {
        var until = (_clock.GetElapsedTime(_start) + span).Ticks;
        long current;
        while ((current = Interlocked.Read(ref _untilTicks)) < until
            && Interlocked.CompareExchange(ref _untilTicks, until, current) != current)
        {
        }

        _onExtended(span);
    }

    // The cooldown starts even after the last attempt of an operation, because other operations still have attempts left.
    private bool ExtendAfter(Exception exception)
    {
        if (_spanAfter(exception) is { } span)
        {
            Extend(span);
        }

        return false;
    }
}
