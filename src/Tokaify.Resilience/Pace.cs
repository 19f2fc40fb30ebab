using System.Diagnostics;

namespace Tokaify.Resilience;

/// <summary>Spreads the starts of attempts evenly: each waits for a moment of its own, and no time that went unused is saved
/// up for a burst.</summary>
internal sealed class Pace(TimeSpan spacing)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _lock = new();
    private TimeSpan _next;

    /// <summary>Whether there is anything to wait for, ever.</summary>
    public bool IsOn => spacing > TimeSpan.Zero;

    /// <summary>Takes the next free moment.</summary>
    /// <param name="now">The time by the clock that counts.</param>
    /// <returns>The moment by the same clock: now, or later.</returns>
    public TimeSpan Reserve(TimeSpan now)
    {
        lock (_lock)
        {
            var moment = _next > now ? _next : now;
            _next = moment + spacing;
            return moment;
        }
    }

    /// <summary>Waits for a moment of its own.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!IsOn)
        {
            return;
        }

        var moment = Reserve(_clock.Elapsed);
        TimeSpan wait;
        while ((wait = moment - _clock.Elapsed) > TimeSpan.Zero)
        {
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
        }
    }
}
