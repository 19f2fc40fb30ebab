using System.Diagnostics;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Resilience;

/// <summary>When attempts start and how long they may take, by the clock: a busy machine makes things later and never sooner, so
/// what is asserted is that nothing comes too soon.</summary>
public class TimingTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    // Longer than anything here takes, shorter than anyone waits for a test that hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

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

        // The first one did not wait. Of the others, one that the machine held up proves nothing, so the longest counts.
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
        var holdBack = new HoldBack();
        holdBack.Extend(s_long);
        holdBack.Extend(TimeSpan.FromTicks(1));
        Assert.True(holdBack.IsOn);
        await AssertWaitsAsync(holdBack.WaitAsync);
    }

    [Fact]
    public async Task A_cooldown_that_is_extended_meanwhile_is_waited_for_to_its_end()
    {
        Stopwatch clock;
        Task waiting;
        do
        {
            clock = Stopwatch.StartNew();
            var holdBack = new HoldBack();
            holdBack.Extend(TimeSpan.FromMilliseconds(30));
            waiting = holdBack.WaitAsync(CancellationToken.None);
            holdBack.Extend(TimeSpan.FromMilliseconds(200));
        }
        // A machine that is busy may let the first cooldown pass before it is extended.
        while (waiting.IsCompleted);

        await waiting;
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(199), $"The wait took {clock.Elapsed}.");
    }

    [Fact]
    public void A_cooldown_that_is_over_holds_back_nothing()
    {
        var holdBack = new HoldBack();
        Assert.False(holdBack.IsOn);
        Assert.True(holdBack.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_fails_for_all_holds_back_the_others_whether_or_not_it_says_for_how_long(bool saysHowLong)
    {
        var options = new RetryOptions { RetryInterval = s_long, MaximumRetryInterval = s_long };
        var pipeline = new RetryPipeline(
            options, _ => new RetryAdvice(Retry: true, After: saysHowLong ? s_long : null, HoldBackAll: true));
        using var stop = new CancellationTokenSource();
        var isHeldBack = new TaskCompletionSource();
        var first = pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), _ => isHeldBack.SetResult(), stop.Token);
        await isHeldBack.Task.WaitAsync(s_patience);

        await AssertWaitsAsync(token => pipeline.ExecuteAsync((number, _) => Task.FromResult(number), onRetry: null, token));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task A_cooldown_is_no_longer_than_the_longest_wait()
    {
        var options = new RetryOptions { MaximumRetryCount = 0, MaximumRetryInterval = TimeSpan.FromMilliseconds(20) };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true, After: s_long, HoldBackAll: true));
        await Assert.ThrowsAsync<IOException>(
            () => pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), onRetry: null, CancellationToken.None));

        Assert.Equal(1, await pipeline
            .ExecuteAsync((number, _) => Task.FromResult(number), onRetry: null, CancellationToken.None)
            .WaitAsync(s_patience));
    }

    [Fact]
    public async Task What_is_told_to_wait_while_it_waits_for_its_moment_waits_for_both()
    {
        var cooldown = TimeSpan.FromMilliseconds(300);
        var options = new RetryOptions
        {
            MaximumRetryCount = 0,
            MaximumRetryInterval = cooldown,
            AttemptSpacing = TimeSpan.FromMilliseconds(40),
        };
        TimeSpan wait;
        do
        {
            wait = await SecondStartAfterFirstFailureAsync(new RetryPipeline(
                options, _ => new RetryAdvice(Retry: false, After: cooldown, HoldBackAll: true)));
        }
        // A machine that is busy may let the second one's moment come before the first one fails.
        while (wait < TimeSpan.Zero);

        Assert.True(wait >= cooldown - TimeSpan.FromMilliseconds(1), $"The second operation started after {wait}.");
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
    public async Task No_wait_is_longer_than_the_longest() => Assert.Equal(
        TimeSpan.FromSeconds(2),
        await FirstWaitAsync(new RetryOptions { RetryInterval = TimeSpan.FromHours(10), MaximumRetryInterval = TimeSpan.FromSeconds(2) }));

    private static async Task<TimeSpan> SecondStartAfterFirstFailureAsync(RetryPipeline pipeline)
    {
        var clock = Stopwatch.StartNew();
        var isSecondWaiting = new TaskCompletionSource();
        var failedAt = TimeSpan.Zero;
        var first = pipeline.ExecuteAsync<int>(
            async (_, _) =>
            {
                await isSecondWaiting.Task;
                failedAt = clock.Elapsed;
                throw new IOException();
            },
            onRetry: null,
            CancellationToken.None);
        var second = pipeline.ExecuteAsync((_, _) => Task.FromResult(clock.Elapsed), onRetry: null, CancellationToken.None);
        isSecondWaiting.SetResult();
        await Assert.ThrowsAsync<IOException>(() => first);
        return await second - failedAt;
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

    /// <summary>Waits until the attempt's time is over, and tells how long that was.</summary>
    private static async Task<Exception> RunOutAsync(Action<TimeSpan> tell, CancellationToken token)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await Task.Delay(s_patience, token);
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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_patience));
    }
}
