using Tokaify.Resilience;
using Xunit;
using Failure = Tokaify.Tests.Resilience.VirtualBatch.Failure;

namespace Tokaify.Tests.Resilience;

/// <summary>When sending stops because no further operation can succeed. Each attempt takes a second.</summary>
public class BreakerTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    public async Task Three_failures_in_a_row_are_enough(int limit, int attempts)
    {
        var batch = new VirtualBatch(limit) { Script = (_, _) => Failure.Final() };

        await batch.RunAsync(10_000);

        Assert.InRange(batch.Attempts.Count, attempts, limit + 2);
        Assert.Equal(10_000 - batch.Attempts.Count, batch.NotTried.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task One_that_is_certain_is_enough(int limit)
    {
        var batch = new VirtualBatch(limit) { Script = (_, _) => Failure.Final(isCertain: true) };

        await batch.RunAsync(100);

        Assert.Equal(limit, batch.Attempts.Count);
    }

    [Fact]
    public async Task A_success_between_starts_the_count_anew()
    {
        var batch = new VirtualBatch(limit: 1) { Script = (operation, _) => operation % 3 < 2 ? Failure.Final() : null };

        await batch.RunAsync(30);

        Assert.Equal(10, batch.Succeeded.Count());
        Assert.Empty(batch.NotTried);
    }

    [Fact]
    public async Task A_refusal_of_one_operation_shows_that_others_may_succeed()
    {
        var batch = new VirtualBatch(limit: 1) { Script = (operation, _) => operation % 3 < 2 ? Failure.Final() : Failure.Refusal() };

        await batch.RunAsync(30);

        Assert.Empty(batch.NotTried);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transient_failure_neither_counts_nor_resets_the_count(bool isOutage)
    {
        // The first attempts of operations 1 and 3 fail with transient errors.
        var met = new HashSet<int>();
        var batch = new VirtualBatch(limit: 1)
        {
            Script = (operation, _) => operation % 2 == 1 && met.Add(operation)
                ? isOutage ? Failure.Connection() : Failure.Passing()
                : Failure.Final(),
        };

        await batch.RunAsync(30);

        // 0, 1 twice, 2: the third in a row.
        Assert.Equal([0, 1, 1, 2], batch.Attempts.Select(attempt => attempt.Operation));
    }

    [Fact]
    public async Task A_group_ends_and_the_others_continue()
    {
        var batch = new VirtualBatch(limit: 2)
        {
            Group = operation => operation % 2 == 0 ? "missing" : "there",
            Script = (operation, _) => operation % 2 == 0 ? Failure.Final(Reach.Group) : null,
        };

        await batch.RunAsync(100);

        Assert.Equal(50, batch.Succeeded.Count());
        Assert.InRange(batch.Failed.Count(), 3, 4);
        Assert.Equal(50, batch.Failed.Count() + batch.NotTried.Count());
        Assert.Null(batch.Pipeline.EndOf(""));
    }

    [Fact]
    public async Task Operations_in_flight_end_by_themselves()
    {
        var batch = new VirtualBatch { Script = (operation, _) => operation == 0 ? Failure.Final(isCertain: true) : null };

        await batch.RunAsync(20);

        Assert.Equal([1, 2, 3], batch.Succeeded.Order());
    }

    [Fact]
    public async Task An_operation_that_waits_for_its_retry_is_not_sent_and_ends_with_its_own_failure()
    {
        var wish = TimeSpan.FromMinutes(9);
        var batch = new VirtualBatch
        {
            Script = (operation, _) => operation == 0 ? Failure.Status(wish) : operation < 4 ? null : Failure.Final(isCertain: true),
        };

        await batch.RunAsync(20);

        Assert.Equal(wish, Assert.IsType<Failure>(batch.Ends[0]).Advice.After);
        Assert.Single(batch.Attempts, attempt => attempt.Operation == 0);
        Assert.InRange(batch.Clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task An_operation_that_waits_for_its_slot_is_not_sent()
    {
        var batch = new VirtualBatch(limit: 4, spacing: TimeSpan.FromMinutes(1))
        {
            Script = (_, _) => Failure.Final(isCertain: true),
        };

        await batch.RunAsync(20);

        Assert.Single(batch.Attempts);
        Assert.Equal(19, batch.NotTried.Count());
        Assert.InRange(batch.Clock.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task A_wait_over_the_limit_ends_the_batch()
    {
        var batch = new VirtualBatch(limit: 2)
        {
            Script = (_, _) => new Failure(new RetryAdvice(Retry: true, TimeSpan.FromHours(3), StartsCooldown: true)),
        };

        await batch.RunAsync(50);

        Assert.Equal(2, batch.Attempts.Count);
        Assert.Equal(48, batch.NotTried.Count());
        Assert.InRange(batch.Clock.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task Without_a_batch_all_operations_are_tried()
    {
        var pipeline = new RetryPipeline(new RetryOptions(), _ => new RetryAdvice(Retry: false) { End = Reach.All, IsCertain = true });
        for (var operation = 0; operation < 5; operation++)
        {
            await Assert.ThrowsAsync<IOException>(
                () => pipeline.ExecuteAsync<int>((_, _) => throw new IOException(), onRetry: null, CancellationToken.None));
        }
    }
}
