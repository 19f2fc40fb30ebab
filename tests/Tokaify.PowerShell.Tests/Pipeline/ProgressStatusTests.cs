using Tokaify.PowerShell;
using Tokaify.Resilience;

using Xunit;

namespace Tokaify.Tests.Pipeline;

/// <summary>What the progress bar says.</summary>
public sealed class ProgressStatusTests
{
    private readonly BatchTally _tally = new();
    private readonly ImageEdit _edit = BatchFixture.Of(Path.GetTempPath(), "cat");

    [Fact]
    public void While_the_total_is_unknown_there_is_no_percentage_and_no_time_left()
    {
        var status = new ProgressStatus(_tally);
        Save();
        status.EstimateFinish();

        Assert.StartsWith("1 saved, 2 in flight, ", status.Text(inFlight: 2), StringComparison.Ordinal);
        Assert.Equal(((int?)null, null), (status.PercentComplete, status.SecondsRemaining));
    }

    [Fact]
    public void The_percentage_counts_all_edits_that_have_ended()
    {
        var status = new ProgressStatus(_tally);
        status.Expect(8);
        Save();
        _tally.Fail(new TokaifyException(TokaifyErrorId.Timeout, "It failed."));
        _tally.Skip(_edit.ToResult(ImageEditStatus.Skipped, []));

        Assert.StartsWith("1/8 saved, 0 in flight, 1 failed, 1 skipped, ", status.Text(inFlight: 0), StringComparison.Ordinal);
        Assert.Equal(37, status.PercentComplete);
    }

    [Fact]
    public void The_time_left_is_known_after_the_first_edit_has_ended()
    {
        var status = new ProgressStatus(_tally);
        status.Expect(2);
        status.EstimateFinish();
        Assert.Null(status.SecondsRemaining);

        Save();
        status.EstimateFinish();

        Assert.NotNull(status.SecondsRemaining);
    }

    [Fact]
    public void With_a_limit_the_cost_is_the_amount_that_counts_towards_it()
    {
        var budget = new Budget(0.2m);
        budget.AddSpentBefore(0.1m, "USD");
        _tally.Budget = budget;
        Save(cost: 0.039m);

        Assert.EndsWith(", 0.10 of 0.20 USD", new ProgressStatus(_tally).Text(inFlight: 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9_999, "9999 tokens")]
    [InlineData(10_000, "10k tokens")]
    [InlineData(12_345_678, "12M tokens")]
    public void Large_token_counts_are_abbreviated(int tokens, string text)
    {
        Save(tokens: tokens);

        Assert.EndsWith(", " + text, new ProgressStatus(_tally).Text(inFlight: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_edits_are_ordered_by_when_they_continue_and_removed_when_they_do()
    {
        var waits = new RetryWaits();
        var other = BatchFixture.Of(Path.GetTempPath(), "dog");
        waits.Add(_edit, new RetryNotice(1, TimeSpan.FromHours(2), new TimeoutException()));
        waits.Add(other, new RetryNotice(1, TimeSpan.FromHours(1), new TimeoutException()));
        Assert.Equal([other, _edit], waits.Current().Select(wait => wait.Edit));

        waits.Add(_edit, new RetryNotice(2, TimeSpan.FromMinutes(1), new TimeoutException()));
        Assert.Equal([_edit, other], waits.Current().Select(wait => wait.Edit));

        waits.Remove(_edit);
        waits.Add(other, new RetryNotice(2, TimeSpan.Zero, new TimeoutException()));
        Assert.Empty(waits.Current());
    }

    [Fact]
    public void Of_several_outages_the_one_whose_wait_ends_first_is_shown()
    {
        var holds = new OutageHolds();
        holds.Note(Holding("late-image", TimeSpan.FromMinutes(9)));
        holds.Note(Holding("early-image", TimeSpan.FromMinutes(3)));
        Assert.Equal("early-image", holds.Current?.Group);

        holds.Note(new BatchNotice.Resumed("early-image", TimeSpan.FromMinutes(1)));
        Assert.Equal("late-image", holds.Current?.Group);

        holds.Note(new BatchNotice.Ended("late-image", new TimeoutException()));
        Assert.Null(holds.Current);

        static BatchNotice.Holding Holding(string group, TimeSpan left) =>
            new(group, new TimeoutException(), IsNew: true, TimeSpan.FromSeconds(5), left);
    }

    private void Save(decimal? cost = null, int? tokens = null) => _tally.Save(_edit, _edit.ToResult(ImageEditStatus.Saved, []) with
    {
        Attempts = 1,
        Cost = cost,
        Currency = cost is null ? null : "USD",
        Usage = tokens is null ? null : new UsageMetadata { TotalTokenCount = tokens },
    });
}
