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
    public void While_the_whole_is_not_known_there_is_no_share_of_it_and_no_time_left()
    {
        var status = new ProgressStatus(_tally);
        Save();
        status.EstimateFinish();

        Assert.StartsWith("1 saved, 2 in flight, ", status.Text(inFlight: 2), StringComparison.Ordinal);
        Assert.Equal(((int?)null, null), (status.PercentComplete, status.SecondsRemaining));
    }

    [Fact]
    public void The_share_counts_what_has_ended_in_any_way()
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
    public void The_time_left_is_known_from_the_first_end_on()
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
    public void Under_a_limit_the_cost_is_what_counts_against_it()
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
    public void Many_tokens_are_told_in_short(int tokens, string text)
    {
        Save(tokens: tokens);

        Assert.EndsWith(", " + text, new ProgressStatus(_tally).Text(inFlight: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Edits_wait_in_the_order_in_which_they_go_on_until_they_end()
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
    public void Of_several_outages_the_one_that_is_given_up_first_is_shown()
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
