using System.Diagnostics;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Resilience;

/// <summary>How the starts of attempts are spread.</summary>
public class PaceTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Those_that_come_at_once_start_one_after_the_other() =>
        Assert.Equal(Seconds(5, 6, 7, 8), Reserve(5, 5, 5, 5));

    [Fact]
    public void The_first_starts_at_once_and_so_does_one_that_comes_late() =>
        Assert.Equal(Seconds(0, 1, 9), Reserve(0, 1, 9));

    [Fact]
    public void Time_that_went_unused_is_not_saved_up_for_a_burst() =>
        Assert.Equal(Seconds(0, 100, 101, 102), Reserve(0, 100, 100, 100));

    [Fact]
    public void One_that_comes_early_waits_for_the_rest_of_the_interval() =>
        Assert.Equal(Seconds(0, 1, 2), Reserve(0, 0.25, 1.5));

    [Fact]
    public void Without_a_spacing_nobody_waits()
    {
        var pace = new Pace(TimeSpan.Zero);
        for (var number = 0; number < 1000; number++)
        {
            Assert.True(pace.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Who_gives_up_does_not_wait()
    {
        var pace = new Pace(TimeSpan.FromHours(1));
        await pace.WaitAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var waiting = pace.WaitAsync(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>By the clock: attempts may start later than they must wait, never sooner.</summary>
    [Fact]
    public async Task All_operations_of_a_pipeline_and_their_retries_share_one_pace()
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

    [Fact]
    public async Task The_time_limit_begins_when_an_attempt_starts()
    {
        var options = new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.FromMilliseconds(150), AttemptSpacing = TimeSpan.FromMilliseconds(100) };
        var pipeline = new RetryPipeline(options, _ => default);
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pipeline.ExecuteAsync(
            (number, _) => Task.FromResult(number), onRetry: null, CancellationToken.None)));
        Assert.Equal([1, 1, 1, 1], results);
    }

    private static TimeSpan[] Reserve(params double[] seconds)
    {
        var pace = new Pace(s_second);
        return [.. Seconds(seconds).Select(pace.Reserve)];
    }

    private static TimeSpan[] Seconds(params double[] seconds) => [.. seconds.Select(each => TimeSpan.FromSeconds(each))];
}
