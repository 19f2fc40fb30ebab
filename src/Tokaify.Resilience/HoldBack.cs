using System.Diagnostics;

namespace Tokaify.Resilience;

/// <summary>A moment before which nothing more is started: one answer "too many requests" speaks for all of them.</summary>
internal sealed class HoldBack
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _untilTicks;

    public bool IsOn => TimeSpan.FromTicks(Interlocked.Read(ref _untilTicks)) > _clock.Elapsed;

    public void Extend(TimeSpan span)
    {
        var until = (_clock.Elapsed + span).Ticks;
        long current;
        while ((current = Interlocked.Read(ref _untilTicks)) < until
            && Interlocked.CompareExchange(ref _untilTicks, until, current) != current)
        {
        }
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        while ((wait = TimeSpan.FromTicks(Interlocked.Read(ref _untilTicks)) - _clock.Elapsed) > TimeSpan.Zero)
        {
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
        }
    }
}
