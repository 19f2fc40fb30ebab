using Tokaify.Resilience;
using Xunit;
using Failure = Tokaify.Tests.Resilience.VirtualBatch.Failure;

namespace Tokaify.Tests.Resilience;

/// <summary>A batch during an outage. Each attempt takes a second.</summary>
public class OutageTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(16, 0)]
    public async Task An_outage_in_the_middle_fails_nothing_and_takes_few_requests(int limit, int retries)
    {
        var batch = new VirtualBatch(limit, retries) { Script = AwayBetween(2.5, 27.5, Failure.Connection) };

        await batch.RunAsync(60);

        Assert.Equal(60, batch.Succeeded.Count());
        Assert.InRange(batch.AttemptsBetween(1.5, 27), 3, 40);
        Assert.True(batch.MostAtOnce <= limit, $"{batch.MostAtOnce} at once.");
        Assert.Single(batch.Notices.OfType<BatchNotice.Holding>(), notice => notice.IsNew);
        Assert.Single(batch.Notices.OfType<BatchNotice.Resumed>());
    }

    [Fact]
    public async Task An_outage_at_the_end_fails_nothing_if_enough_operations_are_left_to_detect_it()
    {
        var batch = new VirtualBatch(limit: 4, retries: 0) { Script = AwayBetween(0.5, 20, Failure.Connection) };

        await batch.RunAsync(4);

        Assert.Equal(4, batch.Succeeded.Count());
    }

    [Fact]
    public async Task Probes_are_sent_one_at_a_time_with_pauses_that_grow_to_a_minute()
    {
        var batch = new VirtualBatch { Script = AwayBetween(0.5, 400, Failure.Connection) };

        await batch.RunAsync(8);

        // An attempt takes a second, and the first four were made before.
        var asked = batch.Attempts.Where(attempt => attempt.Time is > 1 and < 400).ToList();
        Assert.Equal(
            [1, 3, 5, 9, 17, 33, 61, 61, 61, 61, 61],
            asked.Select((attempt, index) => Math.Round(attempt.Time - (index == 0 ? 1 : asked[index - 1].Time))));
        Assert.Equal(4, asked.Take(4).Select(attempt => attempt.Operation).Distinct().Count());
    }

    [Fact]
    public async Task Waiting_operations_continue_at_once_when_the_outage_is_over()
    {
        var batch = new VirtualBatch { Script = AwayBetween(0.5, 5, Failure.Connection) };

        await batch.RunAsync(8);

        var back = batch.Attempts.First(attempt => attempt.Time > 4).Time + 1;
        Assert.Equal(4, batch.AttemptsBetween(back - 0.1, back + 0.1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_response_to_an_attempt_from_before_the_outage_does_not_end_it(int retries)
    {
        var batch = new VirtualBatch(limit: 4, retries)
        {
            FirstDuration = operation => operation == 3 ? 15 : 1,
            Script = (operation, time) => operation != 3 && time is > 0.5 and < 30 ? Failure.Connection() : null,
        };

        await batch.RunAsync(20);

        Assert.Equal(20, batch.Succeeded.Count());
        Assert.Single(batch.Notices.OfType<BatchNotice.Holding>(), notice => notice.IsNew);
        Assert.True(Assert.Single(batch.Notices.OfType<BatchNotice.Resumed>()).Duration > TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_attempt_of_an_outage_that_fails_after_its_end_is_retried_and_is_not_a_new_outage(int retries)
    {
        // The last four to start before it have their connections broken long after.
        var batch = new VirtualBatch(limit: 8, retries)
        {
            FirstDuration = operation => operation < 4 ? 40 + (operation / 10.0) : 1,
            Script = (operation, time) => (operation < 4 && time is > 39 and < 41) || time is > 0.5 and < 20 ? Failure.Connection() : null,
        };

        await batch.RunAsync(12);

        Assert.Equal(12, batch.Succeeded.Count());
        Assert.Single(batch.Notices.OfType<BatchNotice.Holding>(), notice => notice.IsNew);
        Assert.All(Enumerable.Range(0, 4), late => Assert.Equal(2, batch.Attempts.Count(attempt => attempt.Operation == late)));
    }

    [Fact]
    public async Task If_the_outage_does_not_end_tried_operations_fail_and_the_rest_is_not_tried()
    {
        var batch = new VirtualBatch(maximumWait: TimeSpan.FromSeconds(30)) { Script = AwayBetween(2.5, 1000, Failure.Connection) };

        await batch.RunAsync(60);

        Assert.Equal(8, batch.Succeeded.Count());
        Assert.Equal(4, batch.Failed.Count());
        Assert.Equal(48, batch.NotTried.Count());
        Assert.IsType<Failure>(batch.Pipeline.EndOf("any model"));
        // The outage began after 3 s, and the last try was 30 s later.
        Assert.InRange(batch.Clock.Elapsed.TotalSeconds, 33.9, 34.5);
    }

    [Fact]
    public async Task Statuses_hold_only_their_own_group()
    {
        var batch = new VirtualBatch(limit: 3)
        {
            Group = operation => operation < 3 ? "away" : "there",
            Script = (operation, time) => operation < 3 && time < 60 ? Failure.Status() : null,
        };

        await batch.RunAsync(30);

        Assert.Equal(30, batch.Succeeded.Count());
        Assert.All(Enumerable.Range(3, 27), other => Assert.InRange(batch.Attempts.Single(attempt => attempt.Operation == other).Time, 0, 15));
    }

    [Fact]
    public async Task Missing_connections_hold_all_groups()
    {
        var batch = new VirtualBatch { Group = operation => $"model {operation % 3}", Script = AwayBetween(2.5, 30, Failure.Connection) };

        await batch.RunAsync(30);

        Assert.Equal(30, batch.Succeeded.Count());
        Assert.InRange(batch.AttemptsBetween(3.5, 30), 1, 10);
    }

    [Fact]
    public async Task A_response_between_failures_says_that_it_is_no_outage()
    {
        var batch = new VirtualBatch(limit: 1, retries: 0) { Script = (operation, _) => operation % 3 < 2 ? Failure.Connection() : null };

        await batch.RunAsync(12);

        Assert.Equal([2, 5, 8, 11], batch.Succeeded.Order());
        Assert.Empty(batch.Notices.OfType<BatchNotice.Holding>());
        Assert.Equal(12, batch.Attempts.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_operation_that_always_fails_holds_neither_the_others_nor_itself(int limit)
    {
        var batch = new VirtualBatch(limit, retries: 4) { Script = (operation, _) => operation == 2 ? Failure.Status() : null };

        await batch.RunAsync(100);

        Assert.Equal([2], batch.Failed);
        Assert.Equal(99, batch.Succeeded.Count());
        Assert.InRange(batch.Clock.Elapsed.TotalSeconds, 25, 180);
    }

    [Fact]
    public async Task A_single_operation_fails_after_its_own_attempts()
    {
        var batch = new VirtualBatch(retries: 4) { Script = (_, _) => Failure.Connection() };

        await batch.RunAsync(1);

        Assert.Equal([0], batch.Failed);
        Assert.Equal(5, batch.Attempts.Count);
        Assert.Empty(batch.Notices.OfType<BatchNotice.Holding>());
    }

    [Fact]
    public async Task Too_few_operations_to_detect_an_outage_fail_independently()
    {
        var batch = new VirtualBatch(retries: 0) { Script = (_, _) => Failure.Connection() };

        await batch.RunAsync(3);

        Assert.Equal([0, 1, 2], batch.Failed.Order());
        Assert.Equal(3, batch.Attempts.Count);
    }

    [Fact]
    public async Task A_reachable_service_that_still_fails_is_still_unavailable()
    {
        var batch = new VirtualBatch
        {
            Script = (_, time) => time is < 2.5 or > 60 ? null : time < 30 ? Failure.Connection() : Failure.Status(),
        };

        await batch.RunAsync(60);

        Assert.Equal(60, batch.Succeeded.Count());
        Assert.InRange(batch.AttemptsBetween(2.5, 60), 3, 20);
        Assert.Single(batch.Notices.OfType<BatchNotice.Holding>(), notice => notice.IsNew);
        var over = Assert.Single(batch.Notices.OfType<BatchNotice.Resumed>());
        Assert.InRange(over.Duration.TotalSeconds, 57, 120);
    }

    [Fact]
    public async Task During_a_requested_wait_no_probe_is_sent()
    {
        var wish = TimeSpan.FromSeconds(45);
        var batch = new VirtualBatch { Script = (_, time) => time < 40 ? Failure.Status(wish) : null };

        await batch.RunAsync(20);

        Assert.Equal(20, batch.Succeeded.Count());
        Assert.Equal(0, batch.AttemptsBetween(1.5, 45.9));
    }

    [Fact]
    public async Task An_operation_that_waits_for_its_slot_when_an_outage_begins_does_not_start()
    {
        var batch = new VirtualBatch(limit: 8, retries: 2, spacing: TimeSpan.FromSeconds(0.5)) { Script = AwayBetween(0, 300, Failure.Connection) };

        await batch.RunAsync(8);

        // Eight start half a second apart, and fail before some of their retries.
        Assert.Equal(8, batch.Succeeded.Count());
        var first = batch.Notices.OfType<BatchNotice.Holding>().Count(notice => !notice.IsNew);
        Assert.InRange(batch.AttemptsBetween(0, 300), 8, 16 + first);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        var pipeline = new RetryPipeline(
            new RetryOptions { MaximumRetryCount = 0, Batch = new BatchRules { Limit = 1 } },
            _ => new RetryAdvice(Retry: true) { Outage = Reach.All },
            new VirtualClock());
        using var stop = new CancellationTokenSource();

        var operations = Enumerable.Range(0, 4)
            .Select(_ => pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), onRetry: null, stop.Token))
            .ToList();
        Assert.All(operations, operation => Assert.False(operation.IsCompleted));
        await stop.CancelAsync();

        foreach (var operation in operations)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation);
        }
    }

    [Fact]
    public async Task With_a_maximum_wait_of_zero_each_operation_fails_by_itself()
    {
        var batch = new VirtualBatch(retries: 1, maximumWait: TimeSpan.Zero) { Script = (_, _) => Failure.Connection() };

        await batch.RunAsync(10);

        Assert.Equal(10, batch.Failed.Count());
        Assert.Equal(20, batch.Attempts.Count);
    }

    private static Func<int, double, Failure?> AwayBetween(double begin, double end, Func<Failure> failure) =>
        (_, time) => time >= begin && time < end ? failure() : null;
}
