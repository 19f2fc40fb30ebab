using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tokaify.Resilience;
using Tokaify.Tests.Responses;
using Xunit;

namespace Tokaify.Tests.Hostile;

/// <summary>A response that is cut or damaged after a complete image, which is paid for.</summary>
public sealed class CutResponseTests
{
    private const string Before = """{"candidates":[{"content":{"parts":[{"text":"Here."},""";
    private const string Whole = """{"inlineData":{"data":"«palette.png»"},"thoughtSignature":"s"}""";
    private const string Draft = """{"inlineData":{"data":"«palette.png»"},"thought":true}""";
    private const string After = """]},"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":7}}""";

    // The transport discards data that it has read together with a flaw, so many spaces precede some flaws.
    private static readonly byte[] s_pause = [.. Enumerable.Repeat((byte)' ', 300_000)];

    /// <summary>The end of the response after a complete image, and the expected warning.</summary>
    private static readonly Dictionary<string, End> s_ends = new()
    {
        ["the connection is closed before the length that was announced"] = new("connection broke", body => ScriptedResponse.Raw(
            [.. ScriptedResponse.Head(200, $"Content-Length: {body.Length + 1000}"), .. body], closesConnection: true)),
        ["a chunk is missing"] = new("connection broke", body => ScriptedResponse.Raw(
            [.. ScriptedResponse.Head(200, "Transfer-Encoding: chunked"), .. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8], closesConnection: true)),
        ["a chunk is none"] = new("connection broke", body => ScriptedResponse.Raw(
            [.. ScriptedResponse.Head(200, "Transfer-Encoding: chunked"), .. Encoding.ASCII.GetBytes($"{body.Length + s_pause.Length:x}\r\n"), .. body, .. s_pause, .. "\r\nzz\r\n"u8], closesConnection: true)),
        ["the body just ends"] = new("it ends too early", body => ScriptedResponse.Of(200, body)),
        ["the compression is cut"] = new("it ends too early|compression", body => ScriptedResponse.Of(200, Gzip(body)[..^8], "Content-Encoding: gzip")),
        ["the compression is damaged"] = new("compression is damaged", body => ScriptedResponse.Of(200, Damaged(body), "Content-Encoding: gzip")),
        ["a proxy's page follows"] = new("not valid JSON", body => ScriptedResponse.Of(200, [.. body, .. "<html>502</html>"u8])),
        ["bytes that are no JSON follow"] = new("not valid JSON", body => ScriptedResponse.Of(200, [.. body, .. ",\0"u8])),
        ["a string that is none follows"] = new("control character", body => ScriptedResponse.Of(200, [.. body, .. ",{\"text\":\"\n\"}"u8])),
        ["a text without end follows"] = new("longer than", body => ScriptedResponse.Of(200, [.. body, .. ",{\"text\":\""u8, .. new string('x', 2 * 1024 * 1024).Select(x => (byte)x)])),
    };

    public static TheoryData<string> Ends => [.. s_ends.Keys];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_image_is_saved_with_a_warning_and_nothing_is_sent_again(string end)
    {
        var (result, warnings, requests) = await EditAsync(s_ends[end].Response(Response.Bytes(Before + Whole)));

        Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(result.Path!));
        Assert.Equal((1, 1), (result.Attempts, requests));
        Assert.Equal("Here.", result.Text);
        Assert.Null(result.Error);
        var warning = Assert.Single(warnings);
        Assert.Matches(s_ends[end].Words, warning);
        Assert.Contains(result.Path!, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_is_saved_also_if_the_rest_does_not_come_in_time()
    {
        var (result, warnings, requests) = await GrowingLimit.RunAsync(
            TimeSpan.FromMilliseconds(500),
            limit => EditAsync(Stalling(Response.Bytes(Before + Whole)), Edits.OneRetry with { AttemptTimeout = limit }),
            outcome => outcome.Requests == 1);

        Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(result.Path!));
        Assert.Equal((1, 1), (result.Attempts, requests));
        Assert.Contains("it took too long", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_meanwhile_is_a_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var sent = new TaskCompletionSource();
        await using var server = new ScriptedServer(_ => Stalling(Response.Bytes(Before + Whole), sent));
        using var caller = new ClientCaller(server.BaseUri);

        var edit = caller.EditAsync(cancellationToken: cancellation.Token);
        await sent.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        Assert.Empty(caller.Folder.Names);
    }

    [Theory]
    [InlineData("the part is not closed", """{"inlineData":{"data":"«palette.png»"}""")]
    [InlineData("a draft", Draft)]
    [InlineData("the image is not whole by its format", """{"inlineData":{"data":"«truncated.png»"}}""")]
    public async Task A_request_whose_image_may_be_incomplete_is_sent_again(string what, string parts)
    {
        Assert.NotNull(what);
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, Response.Bytes(Before + parts)));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.BadResponse, 2), (error.ErrorId, error.Attempts));
    }

    [Fact]
    public async Task Of_several_images_the_whole_ones_are_saved()
    {
        var (result, warnings, _) = await EditAsync(ScriptedResponse.Of(200, Response.Bytes(
            Before + Draft + "," + Whole + "," + """{"inlineData":{"data":"«truncated.png»"}},{"inlineData":{"data":"«lossy.webp»"}},{"inlineData":{"data":"iVBO""")));

        Assert.Equal([".png", ".webp"], result.Images.Select(image => Path.GetExtension(image.Path)));
        Assert.Single(warnings);
    }

    [Fact]
    public async Task If_one_image_of_a_response_is_not_an_image_the_others_are_saved_and_an_error_reports_it()
    {
        var (result, warnings, requests) = await EditAsync(ScriptedResponse.Of(200, Response.Bytes(
            Before + Whole + "," + """{"inlineData":{"data":"AAAA"}}""" + After)));

        Assert.Single(result.Images);
        Assert.Equal(TokaifyErrorId.BadResponse, result.Error!.ErrorId);
        Assert.Contains("not in a known format", result.Error.Message, StringComparison.Ordinal);
        Assert.Empty(warnings);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task If_a_response_has_too_many_images_those_that_arrived_are_saved_and_an_error_says_so()
    {
        var (result, _, requests) = await EditAsync(ScriptedResponse.Of(200, Response.Bytes(
            Before + string.Join(",", Enumerable.Repeat(Whole, ImageSlots.Limit + 1)) + After)));

        Assert.Equal(ImageSlots.Limit, result.Images.Count);
        Assert.Equal(TokaifyErrorId.BadResponse, result.Error!.ErrorId);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task In_a_conversation_it_is_saved_and_the_turn_is_not_added()
    {
        var number = 0;
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(
            200, Response.Bytes(Before + Whole + (++number == 1 ? "" : After))));
        var warnings = new ConcurrentQueue<string>();
        using var caller = Caller(server, warnings);
        var conversation = new Conversation();
        caller.Edit = caller.Edit with { Conversation = conversation };

        var first = await caller.EditAsync();
        Assert.True(File.Exists(first.Path));
        Assert.Empty(conversation.Turns);
        Assert.Contains("conversation stays as it was", Assert.Single(warnings), StringComparison.Ordinal);

        await caller.EditAsync();
        Assert.Single(conversation.Turns);
    }

    [Fact]
    public async Task It_is_saved_in_the_journal_as_well()
    {
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("edits.jsonl"));
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, Response.Bytes(Before + Whole)));
        using var caller = Caller(server, [], options => options with { Journal = journal });

        var result = await caller.EditAsync();

        using var line = JsonDocument.Parse(File.ReadAllLines(journal.Path)[^1]);
        Assert.Equal("saved", line.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(result.Path, line.RootElement.GetProperty("images")[0].GetProperty("path").GetString());
        Assert.Equal(1, JournalIndex.Load(journal.Path).Count);
    }

    private static async Task<(ImageEditResult Result, List<string> Warnings, int Requests)> EditAsync(
        ScriptedResponse response, RetryOptions? retry = null)
    {
        await using var server = ScriptedServer.Answering(response);
        var warnings = new ConcurrentQueue<string>();
        var caller = Caller(server, warnings, options => options with { Retry = retry ?? options.Retry });
        var result = await caller.EditAsync();
        Assert.DoesNotContain(caller.Folder.Names, name => name.StartsWith('.'));
        return (result, [.. warnings], server.Requests.Count);
    }

    private static ClientCaller Caller(
        ScriptedServer server, ConcurrentQueue<string> warnings, Func<TokaifyClientOptions, TokaifyClientOptions>? change = null)
    {
        var options = new TokaifyClientOptions { Retry = Edits.OneRetry, OnNotice = notice => warnings.Enqueue(notice.Message) };
        return new ClientCaller(
            Edits.To(server.BaseUri),
            change is null ? options : change(options));
    }

    private static ScriptedResponse Stalling(byte[] body, TaskCompletionSource? sent = null) => new(async (stream, token) =>
    {
        await stream.WriteAsync(ScriptedResponse.Head(200, $"Content-Length: {body.Length + 1000}"), token);
        await stream.WriteAsync(body, token);
        sent?.TrySetResult();
        await Task.Delay(Timeout.Infinite, token);
    });

    private static byte[] Gzip(byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return bytes.ToArray();
    }

    // The complete body, followed by bytes that are not compressed data.
    private static byte[] Damaged(byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write([.. body, .. s_pause]);
            gzip.Flush();
            bytes.Write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        }

        return bytes.ToArray();
    }

    private sealed record End(string Words, Func<byte[], ScriptedResponse> Response);
}
