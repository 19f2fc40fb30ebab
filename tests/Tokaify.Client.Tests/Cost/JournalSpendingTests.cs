using Xunit;

namespace Tokaify.Tests.Cost;

public class JournalSpendingTests
{
    private const string Known = "\"model\":\"gemini-2.5-flash-image\"";

    [Fact]
    public void Ends_count_with_their_cost()
    {
        Assert.Equal(0.117m, Usd(
            """{"outcome":"saved","cost":0.039,"currency":"USD","requests":[]}""",
            """{"outcome":"failed","cost":0,"currency":"USD","requests":[]}""",
            """{"outcome":"unknown","cost":0.078,"currency":"USD","requests":[]}""",
            """{"outcome":"skipped","cost":null,"currency":null,"requests":[]}"""));
    }

    [Fact]
    public void Requests_that_were_sent_and_have_no_end_count_with_their_estimate()
    {
        Assert.Equal(0.039m + 0.151m, Usd(
            Sent("a", "0.039"),
            Sent("b", "0.151"),
            """{"outcome":"saved","cost":0.039,"currency":"USD","requests":[{"clientRequestId":"a"}]}"""));
    }

    [Fact]
    public void All_attempts_of_an_edit_end_with_it()
    {
        Assert.Equal(0.078m, Usd(
            Sent("a", "0.039"),
            Sent("b", "0.039"),
            """{"outcome":"saved","cost":0.078,"currency":"USD","requests":[{"clientRequestId":"a"},{"clientRequestId":"b"}]}"""));
    }

    [Theory]
    [InlineData("""{"outcome":"saved",«known»,"images":[{"path":"a"},{"path":"b"}]}""", "0.078")]
    [InlineData("""{"outcome":"saved",«known»,"images":[]}""", "0.039")]
    [InlineData("""{"outcome":"saved","model":"gemini-3.1-flash-image","options":{"generationConfig":{"imageConfig":{"imageSize":"4K"}}},"images":[{"path":"a"}]}""", "0.151")]
    [InlineData("""{"outcome":"failed",«known»,"errorId":"InvalidRequest","attempts":1}""", "0")]
    [InlineData("""{"outcome":"failed",«known»,"errorId":"Timeout","attempts":1}""", "0.039")]
    [InlineData("""{"outcome":"failed",«known»,"errorId":"Timeout","attempts":0}""", "0")]
    [InlineData("""{"outcome":"unknown",«known»,"cost":null,"currency":null}""", "0.039")]
    [InlineData("""{"outcome":"sent",«known»,"estimate":null,"currency":null,"requests":[{"clientRequestId":"a"}]}""", "0.039")]
    public void Lines_without_a_cost_are_priced_from_the_catalogue(string line, string cost) => Assert.Equal(
        decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), Usd(line.Replace("«known»", Known, StringComparison.Ordinal)));

    [Theory]
    [InlineData("""{"outcome":"saved","model":"nobody-knows","images":[{"path":"a"}]}""")]
    [InlineData("""{"outcome":"sent","model":"nobody-knows","requests":[{"clientRequestId":"a"}]}""")]
    [InlineData("""{"outcome":"saved"}""")]
    public void Lines_without_a_cost_and_a_price_are_an_error(string line)
    {
        var failure = Assert.Throws<TokaifyException>(() => Usd(line));
        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        Assert.Contains("without a cost", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Incomplete_lines_and_lines_of_other_programs_are_ignored()
    {
        Assert.Equal(0.039m, Usd(
            "\uFEFF{\"outcome\":\"saved\",\"cost\":0.039,\"currency\":\"USD\"}",
            """{"outcome":"saved","cost":0.0""",
            "[1,2]",
            "",
            """{"event":"mine","cost":5,"currency":"USD"}"""));
    }

    [Fact]
    public void Lines_with_half_of_a_surrogate_pair_are_ignored_as_a_whole()
    {
        Assert.Equal(0.039m, Usd(
            Sent("a", "0.039"),
            """{"outcome":"\ud800"}""",
            """{"outcome":"saved","cost":5,"currency":"\ud800","requests":[{"clientRequestId":"a"}]}""",
            """{"outcome":"saved","cost":5,"currency":"USD","requests":[{"clientRequestId":"a"},{"clientRequestId":"\ud800"}]}""",
            """{"outcome":"saved","model":"gemini-2.5-flash-image","requests":[{"clientRequestId":"a"}],"options":{"generationConfig":{"imageConfig":{"imageSize":"\ud800"}}}}"""));
    }

    [Fact]
    public void Each_currency_has_a_sum_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("edits.jsonl", """
            {"outcome":"saved","cost":0.039,"currency":"USD"}
            {"outcome":"saved","cost":1.5,"currency":"EUR"}
            """u8.ToArray());
        var amounts = JournalSpending.Read(path).Amounts;
        Assert.Equal(1.5m, amounts["EUR"]);
        Assert.Equal(0.039m, amounts["USD"]);
    }

    [Fact]
    public void A_journal_that_does_not_exist_has_no_spending()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(JournalSpending.Read(folder.File("none.jsonl")).Amounts);
    }

    [Fact]
    public void Lines_that_are_moved_from_the_recovery_file_while_the_journal_is_read_count_once()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("edits.jsonl", "{\"outcome\":\"saved\",\"cost\":1,\"currency\":\"USD\"}\n{\"outcome\":\"saved\",\"co"u8.ToArray());
        var recovery = new JournalRecovery(new JournalPaths(path).Recovery);
        recovery.Append(["""{"outcome":"saved","cost":2,"currency":"USD"}"""u8.ToArray()]);

        var spending = JournalSpending.Read(path, ModelCatalog.BuiltIn, betweenFiles: () => recovery.MoveTo(path));

        Assert.False(recovery.HasLines);
        Assert.Equal(3, spending.Amounts["USD"]);
        Assert.Equal(3, JournalSpending.Read(path).Amounts["USD"]);
    }

    [Fact]
    public void Lines_that_are_in_the_journal_and_still_in_the_recovery_file_count_once()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("edits.jsonl", """{"outcome":"saved","cost":2,"currency":"USD"}"""u8.ToArray());
        var recovery = new JournalRecovery(new JournalPaths(path).Recovery);
        recovery.Append(["""{"outcome":"saved","cost":2,"currency":"USD"}"""u8.ToArray(), """{"outcome":"saved","cost":3,"currency":"USD"}"""u8.ToArray()]);

        Assert.Equal(5, JournalSpending.Read(path).Amounts["USD"]);
        recovery.MoveTo(path);
        Assert.Equal(5, JournalSpending.Read(path).Amounts["USD"]);
    }

    private static string Sent(string id, string estimate) => $$"""
        {"outcome":"sent",{{Known}},"cost":null,"estimate":{{estimate}},"currency":"USD","requests":[{"clientRequestId":"{{id}}"}]}
        """;

    private static decimal Usd(params string[] lines)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("edits.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join("\n", lines) + "\n"));
        return JournalSpending.Read(path).Amounts.TryGetValue("USD", out var sum) ? sum : 0;
    }
}
