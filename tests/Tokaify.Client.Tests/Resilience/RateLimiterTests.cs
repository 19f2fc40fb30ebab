using System.Diagnostics;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Resilience;

/// <summary>How the starts of attempts are spread.</summary>
public class RateLimiterTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Attempts_that_arrive_together_start_one_after_the_other() =>
        Assert.Equal(Seconds(5, 6, 7, 8), Reserve(5, 5, 5, 5));

    [Fact]
    public void The_first_attempt_starts_at_once_and_so_does_a_late_one() =>
        Assert.Equal(Seconds(0, 1, 9), Reserve(0, 1, 9));

    [Fact]
    public void Unused_time_is_not_saved_up_for_a_burst() =>
        Assert.Equal(Seconds(0, 100, 101, 102), Reserve(0, 100, 100, 100));

    [Fact]
    public void An_early_attempt_waits_for_the_rest_of_the_interval() =>
        Assert.Equal(Seconds(0, 1, 2), Reserve(0, 0.25, 1.5));

    [Fact]
    public async Task An_attempt_that_is_cancelled_does_not_wait()
    {
        var limiter = new RateLimiter(TimeSpan.FromHours(1), new VirtualClock());
        await StartAsync(limiter);
        using var stop = new CancellationTokenSource();
        var waiting = StartAsync(limiter, stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Start_times_within_a_postponement_are_lost_and_later_ones_are_kept()
    {
        var clock = new VirtualClock();
        var limiter = new RateLimiter(s_second, clock);
        var started = new List<double>();

        await clock.RunAsync(() =>
        {
            var attempts = Enumerable.Range(0, 5).Select(_ => RecordAsync()).ToList();
            limiter.Postpone(2.5 * s_second);
            return Task.WhenAll(attempts);
        });

        // The first one had started. Its slots 1 and 2 were lost; their attempts start after the slots that are kept.
        Assert.Equal([0, 3, 4, 5, 6], started.Select(second => Math.Round(second)));

        async Task RecordAsync()
        {
            await StartAsync(limiter);
            started.Add(clock.Elapsed.TotalSeconds);
        }
    }

    [Fact]
    public async Task Nothing_starts_within_a_postponement_and_a_shorter_one_does_not_end_a_longer_one()
    {
        var clock = new VirtualClock();
        var limiter = new RateLimiter(s_second, clock);
        limiter.Postpone(60 * s_second);
        limiter.Postpone(s_second);
        Assert.Equal(60 * s_second, limiter.Reserve(clock.Elapsed));

        await clock.RunAsync(() => StartAsync(limiter));
        Assert.InRange(clock.Elapsed, 61 * s_second, 62 * s_second);
    }

    /// <summary>With the real clock: attempts may start later than required, but not earlier.</summary>
    [Fact]
    public async Task All_operations_of_a_pipeline_and_their_retries_share_one_rate_limiter()
    {
        var spacing = TimeSpan.FromMilliseconds(40);
        var options = new RetryOptions { MaximumRetryCount = 1, RetryInterval = TimeSpan.FromMilliseconds(1), AttemptSpacing = spacing };
        var pipeline = new RetryPipeline(options, _ => new RetryAdvice(Retry: true));
        var clock = Stopwatch.StartNew();
        var starts = new List<TimeSpan>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pipeline.ExecuteAsync(
            (number, _) =>
            {
                lock (starts)
                {
                    starts.Add(clock.Elapsed);
                }

                return number == 1 ? throw new IOException() : Task.FromResult(number);
            },
            onRetry: null,
            CancellationToken.None)));

        Assert.Equal(8, starts.Count);
        Assert.True(starts.Max() - starts.Min() >= 6.5 * spacing, $"Eight attempts started within {starts.Max() - starts.Min()}.");
    }

    private static TimeSpan[] Reserve(params double[] seconds)
    {
        var limiter = new RateLimiter(s_second, TimeProvider.System);
        return [.. Seconds(seconds).Select(limiter.Reserve)];
    }

    private static Task<int> StartAsync(RateLimiter limiter, CancellationToken cancellationToken = default) => limiter.ExecuteAsync(
        new Attempt { Number = 1, Cancellation = cancellationToken }, attempt => Task.FromResult(attempt.Number));

    private static TimeSpan[] Seconds(params double[] seconds) => [.. seconds.Select(each => TimeSpan.FromSeconds(each))];
}
