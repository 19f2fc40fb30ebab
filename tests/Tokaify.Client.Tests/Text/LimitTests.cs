using System.Diagnostics;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Text;

/// <summary>Secrets across a limit of the read, kept or shown text, and the time for a page.</summary>
public sealed class LimitTests
{
    private const string Key = "sk-9fK/2q+Zr7&Lw=Xc_4Vb~8Nm";

    private const int ErrorLimit = 64 * 1024;
    private const int BeginningLimit = 4 * 1024;
    private const int MessageLimit = 1000;

    /// <summary>Long beginnings that are not shown, such as those of a page or Base64, so that the text across the limit is
    /// shown.</summary>
    [Theory]
    [InlineData(400, ErrorLimit, "", "! ")]
    [InlineData(502, ErrorLimit, "<p title='", "'>Sorry: ")]
    [InlineData(502, ErrorLimit, "<html><style>", "</style>Sorry: ")]
    [InlineData(200, BeginningLimit, "", "! ")]
    [InlineData(200, BeginningLimit, "<html><script>", "</script>Sorry: ")]
    public async Task A_key_across_the_limit_of_the_read_text_is_not_shown(int status, int limit, string before, string after)
    {
        for (var shift = 0; shift <= Key.Length + 1; shift++)
        {
            var padding = new string('A', limit - shift - before.Length - after.Length);
            var failure = await FailAsync(status, before + padding + after + Key + new string('z', 100));

            Assert.Contains(after.Trim('\'', '>', ' ')[^1..], failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sk", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sk", failure.ResponseText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_across_the_limit_of_a_message_is_not_shown()
    {
        for (var shift = 0; shift <= Key.Length + 1; shift++)
        {
            var words = new StringBuilder().Insert(0, "no ", MessageLimit).ToString()[..(MessageLimit - shift)];
            var failure = await FailAsync(400, $$$"""{"error":{"message":"{{{words}}}{{{Key}}} and more"}}""");

            Assert.DoesNotContain("sk", failure.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Names and messages are cut when they are read. The text before the key is not shown.</summary>
    [Theory]
    [InlineData("""{"error":{"message":"no","code":"*"}}""", 4 * 1024)]
    [InlineData("""{"error":{"message":"*"}}""", 64 * 1024)]
    [InlineData("""{"candidates":[{"finishReason":"*"}]}""", 4 * 1024)]
    [InlineData("""{"candidates":[{"finishReason":"OTHER","finishMessage":"*"}]}""", 64 * 1024)]
    public async Task A_key_across_the_limit_of_a_value_is_not_shown(string body, int limit)
    {
        for (var shift = 0; shift <= Key.Length + 1; shift++)
        {
            var padding = string.Concat(Enumerable.Repeat("\u0085", (limit - shift) / 2)) + (shift % 2 == 0 ? "" : "-");
            var failure = await FailAsync(200, body.Replace("*", $"{padding}{Key}!", StringComparison.Ordinal));

            Assert.DoesNotContain("sk", failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("sk", failure.Code ?? "", StringComparison.Ordinal);
            Assert.DoesNotContain("sk", failure.FinishReason ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_breaks_off_within_the_key_does_not_show_its_beginning()
    {
        for (var length = 1; length <= Key.Length; length++)
        {
            var failure = await FailAsync(ScriptedResponse.Raw(
                [.. ScriptedResponse.Head(400, "Content-Length: 1000"), .. Encoding.ASCII.GetBytes("Wrong: " + Key[..length])], closesConnection: true));

            Assert.Contains("Wrong:", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s", failure.ResponseText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_is_whole_is_shown_to_its_end()
    {
        var failure = await FailAsync(400, "Wrong keys");
        Assert.Equal("Wrong keys", failure.ResponseText);
    }

    [Theory]
    [InlineData("text ")]
    [InlineData("<p>text</p>")]
    [InlineData("<")]
    public async Task The_kept_part_of_a_body_is_its_readable_text(string piece)
    {
        var failure = await FailAsync(500, new StringBuilder().Insert(0, piece, 100_000).ToString());

        Assert.Equal(4096 + 1, failure.ResponseText!.Length);
        Assert.InRange(failure.Message.Length, 1, 400);
    }

    /// <summary>Pages that would take 15 seconds with backtracking, and minutes with a new search for each tag.</summary>
    [Theory]
    [InlineData("<script")]
    [InlineData("<script ")]
    [InlineData("<script>")]
    [InlineData("<head><style>")]
    [InlineData("<title>")]
    [InlineData("<title")]
    [InlineData("</title")]
    [InlineData("A/")]
    public async Task The_time_for_a_page_does_not_depend_on_its_contents(string piece)
    {
        var page = new StringBuilder("<html>").Insert(6, piece, ErrorLimit / piece.Length).ToString();
        var clock = Stopwatch.StartNew();

        await FailAsync(404, page);

        // Milliseconds, if it is read in one go. The square of its length is four thousand million steps.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static Task<TokaifyException> FailAsync(int status, string body) => FailAsync(ScriptedResponse.Of(status, body));

    private static async Task<TokaifyException> FailAsync(ScriptedResponse response)
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(response);
        using var client = new TokaifyClient(
            new TokaifyConnection { BaseUri = server.BaseUri, ApiKey = ApiKey.FromPlainText(Key) },
            new TokaifyClientOptions { Retry = Edits.OneRetry with { MaximumRetryCount = 0 } });
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder)));
        Assert.Null(Leak.Find(failure + failure.ResponseText, Key));
        return failure;
    }
}
