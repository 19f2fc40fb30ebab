using Tokaify.PowerShell;

using Xunit;

namespace Tokaify.Tests.Pipeline;

/// <summary>What a batch counts, and how its summary says it.</summary>
public sealed class BatchTallyTests
{
    private static readonly ImageEdit s_edit = BatchFixture.Of(Path.GetTempPath(), "cat");

    private static readonly SavedImage s_image = SavedImage.Inspect(TestImages.Path("plain.png"));

    [Fact]
    public void A_saved_edit_counts_with_its_images_its_tokens_its_cost_and_each_attempts_bytes()
    {
        var tally = new BatchTally();
        tally.Retry();
        tally.Save(s_edit, s_edit.ToResult(ImageEditStatus.Saved, [s_image, s_image]) with
        {
            Requests = [new SentRequest(), new SentRequest()],
            Attempts = 2,
            Cost = 0.078m,
            Currency = "USD",
            CostIsListPrice = true,
            Usage = new UsageMetadata { PromptTokenCount = 10, CandidatesTokenCount = 1290, ThoughtsTokenCount = 5, TotalTokenCount = 1305 },
        });

        var summary = tally.ToSummary();

        Assert.Equal((1, 2, 1, 2), (summary.Saved, summary.Requests, summary.Retries, summary.Pictures));
        Assert.Equal((2 * s_image.Length, 2 * s_image.Length), (summary.BytesSent, summary.BytesReceived));
        Assert.Equal(
            (10L, 1290L, 5L, 1305L),
            (summary.PromptTokenCount, summary.CandidatesTokenCount, summary.ThoughtsTokenCount, summary.TotalTokenCount));
        Assert.Equal((0.078m, "USD", true, 0), (summary.Cost, summary.Currency, summary.CostIsListPrice, summary.Unpriced));
    }

    [Fact]
    public void Failures_are_sorted_by_their_number_and_then_by_their_name()
    {
        var tally = new BatchTally();
        Fail(TokaifyErrorId.Timeout);
        Fail(TokaifyErrorId.ContentBlocked);
        Fail(TokaifyErrorId.RateLimited);
        Fail(TokaifyErrorId.RateLimited);

        Assert.Equal(["RateLimited", "ContentBlocked", "Timeout"], tally.ToSummary().Failures.Keys);
        Assert.Contains("4 failed (RateLimited 2, ContentBlocked 1, Timeout 1)", tally.ToSummary().ToString(), StringComparison.Ordinal);

        void Fail(TokaifyErrorId id) => tally.Fail(new TokaifyException(id, "It failed."));
    }

    [Fact]
    public void Refused_and_skipped_edits_are_counted_separately()
    {
        var tally = new BatchTally();
        tally.Skip(s_edit.ToResult(ImageEditStatus.Skipped, [s_image]));
        tally.Skip(s_edit.ToResult(ImageEditStatus.Refused, []) with { Error = new TokaifyException(TokaifyErrorId.ContentBlocked, "No.") });

        Assert.Equal((1, 1, 2, 0), (tally.Skipped, tally.Refused, tally.Ended, tally.Worked));
        Assert.Equal("ContentBlocked 1", tally.RefusalText);
    }

    [Fact]
    public void Attempts_in_flight_of_cancelled_edits_count_as_requests()
    {
        var tally = new BatchTally();
        tally.Retry();
        tally.Retry();

        // Two edits were sent, and two further attempts of these: four requests, none of which has an end.
        Assert.Equal((4, 2, 2), (tally.ToSummary(cancelled: 2).Requests, tally.ToSummary(cancelled: 2).Retries, tally.ToSummary(2).Cancelled));
        Assert.Equal(0, tally.ToSummary().Requests);
    }

    [Fact]
    public void A_dry_run_sums_up_what_would_be_sent_and_what_it_would_cost()
    {
        var tally = new BatchTally { Budget = new Budget(0.05m) };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            tally.Send(s_edit, attempts: 1);
            tally.Estimate(s_edit);
        }

        Assert.Equal(
            $"Send 2 requests with {BatchSummary.BytesText(2 * s_image.Length)} of pictures, skip 0, refuse 0. "
            + "Estimated cost: 0.078 USD at list prices, of 0.05 at the most: too much, the rest would not be sent.",
            (tally.ToSummary() with { IsWhatIf = true }).ToString());
    }

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(102, "1:42")]
    [InlineData(7387, "2:03:07")]
    [InlineData(90000, "25:00:00")]
    public void A_time_has_hours_only_if_it_needs_them(int seconds, string text) =>
        Assert.Equal(text, BatchSummary.TimeText(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(1_240_000, "1.2 MB")]
    [InlineData(2_000_000_000, "2.00 GB")]
    public void Bytes_are_shown_in_a_suitable_unit(long bytes, string text) => Assert.Equal(text, BatchSummary.BytesText(bytes));

    [Fact]
    public void Costs_are_added_within_a_currency_and_never_across()
    {
        var total = new CostTotal();
        total.Add(1.1m, "USD", isListPrice: false);
        total.Add(0.13456m, "USD", isListPrice: false);
        total.Add(0.4m, "EUR", isListPrice: true);
        total.Add(null, "USD", isListPrice: true);

        Assert.Equal("0.40 EUR + 1.2346 USD", total.Text);
        Assert.Equal((1, true), (total.Unpriced, total.HasListPrices));
        Assert.Null(new CostTotal().Text);
    }
}
