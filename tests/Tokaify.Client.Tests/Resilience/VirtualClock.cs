namespace Tokaify.Tests.Resilience;

/// <summary>A clock that a test moves: waits take no real time, and end in their order.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private readonly object _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    /// <summary>The time since the beginning.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs a task, and advances the clock from wait to wait until the task has ended.</summary>
    /// <remarks>Code that waits only for this clock continues within the step that ends its wait, because no thread here has a
    /// synchronization context. So the result does not depend on the speed of the machine. Only a cancelled wait ends on another
    /// thread.</remarks>
    public Task RunAsync(Func<Task> action) => Task.Run(async () =>
    {
        var running = action();
        while (!running.IsCompleted)
        {
            if (!Step() && !SpinWait.SpinUntil(() => running.IsCompleted || HasTimers, s_timeout))
            {
                throw new InvalidOperationException("Nothing waits any more, and it has not come to its end.");
            }
        }

        await running;
    });

    /// <summary>Advances the clock by a time span, and ends the waits within it one after the other.</summary>
    public void Advance(TimeSpan span)
    {
        var until = Elapsed + span;
        while (Step(until))
        {
        }

        lock (_lock)
        {
            _now = until;
        }
    }

    private bool HasTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count > 0;
            }
        }
    }

    private bool Step(TimeSpan? until = null)
    {
        Timer? next;
        lock (_lock)
        {
            next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > until)
            {
                return false;
            }

            _timers.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
        }

        next.Fire();
        return true;
    }

    private sealed class Timer(VirtualClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
