using System.Text.Json;
using Tokaify.Resilience;
using Tokaify.Tests.Responses;
using Xunit;

namespace Tokaify.Tests.Cost;

/// <summary>The cost of edits, for different responses of the server.</summary>
public class EditCostTests
{
    private const decimal Price = 0.039m;

    private const string Image = """{"inlineData":{"mimeType":"image/png","data":"«palette.png»"}}""";

    // Longer than the second for which a further attempt waits for 100 Continue.
    private static readonly RetryOptions s_briefly = Edits.OneRetry with { AttemptTimeout = TimeSpan.FromSeconds(4) };

    [Fact]
    public async Task A_result_has_its_cost()
    {
        var result = await EditAsync(Parts(Image));

        Assert.Equal(Price, result.Cost);
        Assert.Equal("USD", result.Currency);
        Assert.True(result.CostIsListPrice);
        Assert.Equal(Price, Assert.Single(result.Requests).Cost);
    }

    [Fact]
    public async Task Each_image_costs_and_drafts_do_not()
    {
        var draft = Image.Replace("""{"inlineData""", """{"thought":true,"inlineData""", StringComparison.Ordinal);
        Assert.Equal(2 * Price, (await EditAsync(Parts(Image, draft, Image))).Cost);
    }

    [Fact]
    public async Task The_cost_of_a_model_without_a_price_is_empty()
    {
        using var folder = new TemporaryFolder();
        var request = Edits.Of(folder).Request with { Model = "nobody-knows-image" };
        var result = await EditAsync(Parts(Image), Edits.Of(folder, request));

        Assert.Null(result.Cost);
        Assert.Null(result.Currency);
        Assert.False(result.CostIsListPrice);
    }

    [Fact]
    public async Task A_refused_attempt_costs_nothing()
    {
        var responses = new Queue<ScriptedResponse>([ScriptedResponse.Json(503, "{}"), Parts(Image)]);
        Assert.Equal(Price, (await EditAsync(responses.Dequeue)).Cost);
    }

    [Fact]
    public async Task An_attempt_that_took_too_long_may_have_been_billed_and_counts()
    {
        var responses = new Queue<ScriptedResponse>([ScriptedResponse.Never, Parts(Image)]);
        var result = await EditAsync(responses.Dequeue);

        Assert.Equal(2 * Price, result.Cost);
        Assert.Equal(2, result.Attempts);
    }

    [Fact]
    public async Task A_response_that_was_cut_counts()
    {
        var whole = Response.Bytes($$$"""{"candidates":[{"content":{"parts":[{{{Image}}}]}}]}""");
        var responses = new Queue<ScriptedResponse>(
        [
            ScriptedResponse.Raw([.. ScriptedResponse.Head(200, $"Content-Length: {whole.Length}"), .. whole[..20]], closesConnection: true),
            Parts(Image),
        ]);
        Assert.Equal(2 * Price, (await EditAsync(responses.Dequeue)).Cost);
    }

    [Fact]
    public async Task A_connection_that_is_closed_after_the_request_costs_and_one_that_is_never_made_does_not()
    {
        using var folder = new TemporaryFolder();
        var server = new ScriptedServer(_ => null);
        var closed = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder)));
        await server.DisposeAsync();
        var refused = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder)));

        Assert.Equal(2 * Price, closed.Cost);
        Assert.Equal(0, refused.Cost);
        Assert.Equal("USD", refused.Currency);
    }

    [Fact]
    public async Task An_error_has_the_cost_of_its_attempts_also_without_the_key()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(504, $$"""{"message":"gave up on {{Edits.Key}}"}"""));
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder)));

        Assert.Equal(2 * Price, failure.Cost);
        Assert.DoesNotContain(Edits.Key, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_has_the_cost_of_an_edit_and_of_a_failure()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var responses = new Queue<ScriptedResponse>([Parts(Image), ScriptedResponse.Json(400, "{}")]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        var client = Edits.Client(server.BaseUri, options: new TokaifyClientOptions { Journal = new JournalWriter(path) });
        await client.EditAsync(Edits.Of(folder));
        await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder, prompt: "Another.")));

        var lines = Ends(path);
        Assert.Equal([Price, 0], lines.Select(line => line.GetProperty("cost").GetDecimal()));
        Assert.All(lines, line => Assert.Equal("USD", line.GetProperty("currency").GetString()));
        Assert.All(lines, line => Assert.True(line.GetProperty("costIsListPrice").GetBoolean()));
    }

    [Fact]
    public async Task The_journal_has_no_cost_if_no_price_is_known()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        await using var server = ScriptedServer.Answering(Parts(Image));
        var client = Edits.Client(server.BaseUri, options: new TokaifyClientOptions { Journal = new JournalWriter(path) });
        await client.EditAsync(Edits.Of(folder, Edits.Of(folder).Request with { Model = "nobody-knows-image" }));

        var line = Assert.Single(Ends(path));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("cost").ValueKind);
        Assert.Equal(JsonValueKind.Null, line.GetProperty("currency").ValueKind);
    }

    // The lines of how edits ended.
    private static List<JsonElement> Ends(string path) =>
    [
        .. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("outcome").GetString() != "sent"),
    ];

    private static ScriptedResponse Parts(params string[] parts) => ScriptedResponse.Of(
        200, Response.Bytes($$"""{"candidates":[{"content":{"parts":[{{string.Join(",", parts)}}]},"finishReason":"STOP"}]}"""));

    private static Task<ImageEditResult> EditAsync(ScriptedResponse response, ImageEdit? edit = null) => EditAsync(() => response, edit);

    private static async Task<ImageEditResult> EditAsync(Func<ScriptedResponse> response, ImageEdit? edit = null)
    {
        using var folder = new TemporaryFolder();
        await using var server = new ScriptedServer(_ => response());
        return await Edits.Client(server.BaseUri, s_briefly).EditAsync(edit ?? Edits.Of(folder));
    }
}
