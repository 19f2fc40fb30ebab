using System.Diagnostics;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Resilience;

/// <summary>When attempts start and how long they may take. Waits use a virtual clock. Time limits use the system's clock,
/// so those tests fail only if something happens too early: a busy machine delays events.</summary>
public class TimingTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    // Longer than any step here, and short enough for a test that hangs.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_time_limit_begins_when_an_attempt_starts_and_not_while_it_waits_for_its_turn()
    {
        var limit = TimeSpan.FromMilliseconds(100);
        var options = new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = limit, AttemptSpacing = limit };
        var pipeline = new RetryPipeline(options, _ => default);

        var attempts = await Task.WhenAll(Enumerable.Range(0, 6).Select(async operation =>
        {
            var time = TimeSpan.Zero;
            await Assert.ThrowsAsync<TimeoutException>(() => pipeline.ExecuteAsync<int>(
                async (_, token) => throw await RunOutAsync(elapsed => time = elapsed, token), onRetry: null, CancellationToken.None));
            return (operation, time);
        }));

        // The first one did not wait. Of the others, only the longest counts, because a busy machine may have delayed some.
        Assert.True(attempts.Where(attempt => attempt.operation > 0).Max(attempt => attempt.time) >= limit / 2);
    }

    [Fact]
    public async Task Each_attempt_has_the_whole_time_limit()
    {
        var limit = TimeSpan.FromMilliseconds(60);
        var options = new RetryOptions { MaximumRetryCount = 3, RetryInterval = TimeSpan.FromMilliseconds(1), AttemptTimeout = limit };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true));
        var times = new List<TimeSpan>();

        await Assert.ThrowsAsync<TimeoutException>(() => pipeline.ExecuteAsync<int>(
            async (_, token) => throw await RunOutAsync(times.Add, token), onRetry: null, CancellationToken.None));

        Assert.Equal(4, times.Count);
        Assert.True(times.Skip(1).Max() >= limit / 2);
    }

    [Fact]
    public async Task Without_a_time_limit_an_attempt_is_not_ended()
    {
        var options = new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.Zero };
        Assert.True(await new RetryPipeline(options, _ => default).ExecuteAsync(
            async (_, token) =>
            {
                await Task.Delay(50, token);
                return true;
            },
            onRetry: null,
            CancellationToken.None));
    }

    [Fact]
    public async Task A_shorter_cooldown_does_not_end_a_longer_one()
    {
        var clock = new VirtualClock();
        var cooldown = CooldownOf(clock);
        cooldown.Extend(s_hour);
        cooldown.Extend(s_second);
        Assert.InRange(await StartOfAsync(cooldown, clock), s_hour, s_hour + s_second);
    }

    [Fact]
    public async Task A_cooldown_that_is_extended_meanwhile_is_waited_for_to_its_end()
    {
        var clock = new VirtualClock();
        var cooldown = CooldownOf(clock);
        cooldown.Extend(s_second);
        Assert.InRange(
            await StartOfAsync(cooldown, clock, onceWaiting: () => cooldown.Extend(s_hour)), s_hour, s_hour + s_second);
    }

    [Fact]
    public async Task A_cooldown_that_is_off_or_over_delays_nothing()
    {
        var clock = new VirtualClock();
        var cooldown = CooldownOf(clock);
        Assert.True(cooldown.ExecuteAsync(First(), attempt => Task.FromResult(attempt.Number)).IsCompletedSuccessfully);
        cooldown.Extend(s_second);
        clock.Advance(s_second);
        Assert.Equal(s_second, await StartOfAsync(cooldown, clock));
    }

    [Fact]
    public async Task A_cooldown_that_is_cancelled_ends_at_once()
    {
        var cooldown = CooldownOf(new VirtualClock());
        cooldown.Extend(s_hour);
        await AssertWaitsAsync(token => cooldown.ExecuteAsync(First(token), attempt => Task.FromResult(attempt.Number)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_for_all_delays_the_others_with_or_without_a_wait(bool saysHowLong)
    {
        var options = new RetryOptions { RetryInterval = s_hour, MaximumRetryInterval = s_hour, MaximumWait = s_hour };
        var pipeline = new RetryPipeline(
            options, _ => new RetryAdvice(Retry: true, After: saysHowLong ? s_hour : null, StartsCooldown: true), new VirtualClock());
        using var stop = new CancellationTokenSource();
        var isHeldBack = new TaskCompletionSource();
        var first = pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), _ => isHeldBack.SetResult(), stop.Token);
        await isHeldBack.Task.WaitAsync(s_timeout);

        await AssertWaitsAsync(token => pipeline.ExecuteAsync((number, _) => Task.FromResult(number), onRetry: null, token));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task A_failure_of_one_operation_alone_delays_no_other()
    {
        var options = new RetryOptions { MaximumRetryCount = 0 };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true, After: s_hour), new VirtualClock());
        await Assert.ThrowsAsync<IOException>(
            () => pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), onRetry: null, CancellationToken.None));
        Assert.True(pipeline.ExecuteAsync((number, _) => Task.FromResult(number), onRetry: null, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_wait_longer_than_the_maximum_is_neither_granted_nor_shortened(int retries)
    {
        var clock = new VirtualClock();
        var options = new RetryOptions { MaximumRetryCount = retries, MaximumWait = s_hour - s_second, AttemptTimeout = TimeSpan.Zero };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true, After: s_hour, StartsCooldown: true), clock);
        var attempts = 0;

        await Assert.ThrowsAsync<IOException>(() => pipeline.ExecuteAsync<int>(
            (_, _) => throw new IOException($"{++attempts}"), onRetry: null, CancellationToken.None));
        await pipeline.ExecuteAsync((number, _) => Task.FromResult(number), onRetry: null, CancellationToken.None);

        Assert.Equal((1, TimeSpan.Zero), (attempts, clock.Elapsed));
    }

    [Fact]
    public async Task A_wait_as_long_as_the_maximum_is_granted_in_full()
    {
        var clock = new VirtualClock();
        var options = new RetryOptions { MaximumRetryCount = 1, MaximumWait = s_hour, AttemptTimeout = TimeSpan.Zero };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true, After: s_hour, StartsCooldown: true), clock);

        await clock.RunAsync(() => pipeline.ExecuteAsync(
            (number, _) => number == 1 ? throw new IOException() : Task.FromResult(number), onRetry: null, CancellationToken.None));

        Assert.InRange(clock.Elapsed, s_hour, s_hour + s_second);
    }

    [Fact]
    public async Task An_operation_with_a_cooldown_and_a_slot_waits_for_both()
    {
        var clock = new VirtualClock();
        var options = new RetryOptions
        {
            MaximumRetryCount = 0,
            MaximumWait = s_hour,
            AttemptSpacing = s_second,
            AttemptTimeout = TimeSpan.Zero,
        };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: false, After: s_hour, StartsCooldown: true), clock);
        var isSecondWaiting = new TaskCompletionSource();
        var start = TimeSpan.Zero;
        await clock.RunAsync(async () =>
        {
            var first = pipeline.ExecuteAsync<int>(
                async (_, _) =>
                {
                    await isSecondWaiting.Task;
                    throw new IOException();
                },
                onRetry: null,
                CancellationToken.None);
            var second = pipeline.ExecuteAsync(
                (_, _) => Task.FromResult(start = clock.Elapsed), onRetry: null, CancellationToken.None);
            isSecondWaiting.SetResult();
            await Assert.ThrowsAsync<IOException>(() => first);
            await second;
        });

        Assert.InRange(start, s_hour, s_hour + s_second);
    }

    [Fact]
    public async Task Retries_get_their_own_start_times_as_well()
    {
        var clock = new VirtualClock();
        var options = new RetryOptions
        {
            MaximumRetryCount = 3,
            RetryInterval = TimeSpan.FromMilliseconds(1),
            AttemptSpacing = s_second,
            AttemptTimeout = TimeSpan.Zero,
        };
        var starts = new List<TimeSpan>();
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true), clock);
        await clock.RunAsync(() => Assert.ThrowsAsync<IOException>(() => pipeline.ExecuteAsync<int>(
            (_, _) =>
            {
                starts.Add(clock.Elapsed);
                throw new IOException();
            },
            onRetry: null,
            CancellationToken.None)));

        Assert.Equal([0, 1, 2, 3], starts.Select(start => Math.Round(start.TotalSeconds)));
    }

    [Fact]
    public async Task First_waits_are_as_long_as_the_interval_on_average()
    {
        var interval = TimeSpan.FromMinutes(1);
        var waits = new List<double>();
        for (var run = 0; run < 200; run++)
        {
            waits.Add(await FirstWaitAsync(new RetryOptions { RetryInterval = interval, MaximumRetryInterval = 100 * interval }) / interval);
        }

        // Each lies between 0 and 1.4 intervals; the average of so many is off by 0.03.
        Assert.InRange(waits.Average(), 0.5, 1.2);
    }

    [Fact]
    public async Task No_wait_is_longer_than_the_maximum() => Assert.Equal(
        2 * s_second, await FirstWaitAsync(new RetryOptions { RetryInterval = 10 * s_hour, MaximumRetryInterval = 2 * s_second }));

    private static Cooldown CooldownOf(TimeProvider clock) => new(clock, _ => null, _ => { });

    private static Attempt First(CancellationToken cancellationToken = default) => new() { Number = 1, Cancellation = cancellationToken };

    /// <summary>When an attempt starts.</summary>
    private static async Task<TimeSpan> StartOfAsync(Cooldown cooldown, VirtualClock clock, Action? onceWaiting = null)
    {
        var start = TimeSpan.Zero;
        await clock.RunAsync(() =>
        {
            var attempt = cooldown.ExecuteAsync(First(), _ => Task.FromResult(start = clock.Elapsed));
            onceWaiting?.Invoke();
            return attempt;
        });
        return start;
    }

    private static async Task<TimeSpan> FirstWaitAsync(RetryOptions options)
    {
        using var stop = new CancellationTokenSource();
        var wait = TimeSpan.Zero;
        var operation = new RetryPipeline(options, _ => new RetryAdvice(Retry: true)).ExecuteAsync<int>(
            (_, _) => throw new IOException(),
            notice =>
            {
                wait = notice.Delay;
                stop.Cancel();
            },
            stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation);
        return wait;
    }

    /// <summary>Waits until the attempt's time is over, and returns its length.</summary>
    private static async Task<Exception> RunOutAsync(Action<TimeSpan> tell, CancellationToken token)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await Task.Delay(s_timeout, token);
        }
        catch (OperationCanceledException exception)
        {
            tell(clock.Elapsed);
            return exception;
        }

        return new InvalidOperationException("The attempt was not ended.");
    }

    private static async Task AssertWaitsAsync(Func<CancellationToken, Task> begin)
    {
        using var stop = new CancellationTokenSource();
        var waiting = begin(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_timeout));
    }
}
