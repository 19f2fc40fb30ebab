using Xunit;

namespace Tokaify.Tests.Http;

/// <summary>The relay's list of models, in every known format.</summary>
public class ModelListTests
{
    private const string Google = """{"models":[{"name":"models/a"},{"name":"b","displayName":"B"},{"displayName":"nameless"}],"nextPageToken":null}""";
    private const string OpenAI = """{"object":"list","data":[{"id":"a","object":"model"},{"id":"models/c"}]}""";

    [Fact]
    public async Task Names_come_with_or_without_their_prefix()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, Google));
        Assert.Equal(["a", "b"], await ListAsync(server));
        var request = Assert.Single(server.Requests);
        Assert.Equal("GET /v1beta/models HTTP/1.1", request.RequestLine);
        Assert.Equal($"Bearer {Edits.Key}", request.Header("Authorization"));
    }

    [Fact]
    public async Task Every_page_is_asked_for()
    {
        await using var server = new ScriptedServer(request => ScriptedResponse.Json(200, request.RequestLine switch
        {
            "GET /v1beta/models HTTP/1.1" => """{"models":[{"name":"a"}],"nextPageToken":"p 2/+"}""",
            "GET /v1beta/models?pageToken=p%202%2F%2B HTTP/1.1" => """{"models":[{"name":"b"},{"name":"a"}],"nextPageToken":"3"}""",
            _ => """{"models":[{"name":"c"}],"nextPageToken":""}""",
        }));
        Assert.Equal(["a", "b", "c"], await ListAsync(server));
    }

    [Fact]
    public async Task A_repeated_page_token_ends_the_list()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, """{"models":[{"name":"a"}],"nextPageToken":"2"}"""));
        Assert.Equal(["a"], await ListAsync(server));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(404, """{"error":{"message":"Invalid URL","code":"not_found"}}""")]
    [InlineData(404, "<html><title>Not here</title></html>")]
    [InlineData(405, "")]
    [InlineData(200, "\uFEFF\n<!doctype html><title>A relay's front page</title>")]
    public async Task If_Googles_list_is_missing_OpenAIs_is_requested(int status, string body)
    {
        await using var server = new ScriptedServer(request => request.RequestLine.Contains("v1beta", StringComparison.Ordinal)
            ? ScriptedResponse.Html(status, body)
            : ScriptedResponse.Json(200, OpenAI));
        Assert.Equal(["a", "c"], await ListAsync(server));
        Assert.Equal(["GET /v1beta/models HTTP/1.1", "GET /v1/models HTTP/1.1"], server.Requests.Select(request => request.RequestLine));
    }

    [Theory]
    [InlineData("new names on each page", "100 pages", 100)]
    [InlineData("the same name on each page", "100 pages", 100)]
    [InlineData("many names on each page", "10000 names", 11)]
    [InlineData("a token of 10 KB", "2048 characters", 1)]
    public async Task A_list_without_end_is_a_bad_response_after_so_many_requests(string what, string words, int requests)
    {
        var number = 0;
        await using var server = new ScriptedServer(_ =>
        {
            var page = Interlocked.Increment(ref number);
            var token = what.StartsWith("a token", StringComparison.Ordinal) ? new string('t', 10 * 1024) : $"t{page}";
            var names = what.StartsWith("new", StringComparison.Ordinal) ? [$"m{page}"]
                : what.StartsWith("many", StringComparison.Ordinal) ? Enumerable.Range(0, 1000).Select(name => $"m{page}-{name}")
                : ["m"];
            return ScriptedResponse.Json(
                200, $$"""{"models":[{{string.Join(",", names.Select(name => $$"""{"name":"{{name}}"}"""))}}],"nextPageToken":"{{token}}"}""");
        });

        var error = await Assert.ThrowsAsync<TokaifyException>(() => ListAsync(server));

        Assert.Equal(TokaifyErrorId.BadResponse, error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task A_page_longer_than_any_list_is_a_bad_response()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, $$"""{"models":[{"name":"{{new string('x', 5_000_000)}}"}]}"""));
        Assert.Equal(TokaifyErrorId.BadResponse, (await Assert.ThrowsAsync<TokaifyException>(() => ListAsync(server))).ErrorId);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_page_whose_compression_is_damaged_is_tried_again()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], "Content-Encoding: gzip"));
        var error = await Assert.ThrowsAsync<TokaifyException>(() => ListAsync(server));
        Assert.Equal((TokaifyErrorId.BadResponse, 2), (error.ErrorId, error.Attempts));
    }

    [Fact]
    public async Task An_empty_object_is_an_empty_list()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, "{}"));
        Assert.Empty(await ListAsync(server));
    }

    [Fact]
    public async Task It_is_tried_again_as_an_edit_is()
    {
        var requests = 0;
        await using var server = new ScriptedServer(_ => ++requests == 1
            ? ScriptedResponse.Html(503, "<html>Busy</html>")
            : ScriptedResponse.Json(200, Google));
        var retries = 0;
        Assert.Equal(["a", "b"], await Edits.Client(server.BaseUri).ListModelsAsync(_ => retries++));
        Assert.Equal(1, retries);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Invalid token","code":"invalid_token"}}""", TokaifyErrorId.Unauthorized, 1)]
    [InlineData(200, """{"error":{"message":"Invalid token","code":"invalid_token"}}""", TokaifyErrorId.Unauthorized, 1)]
    [InlineData(503, "<html>Busy</html>", TokaifyErrorId.ServiceUnavailable, 2)]
    [InlineData(200, """{"models":[{"na""", TokaifyErrorId.BadResponse, 2)]
    [InlineData(200, "no JSON", TokaifyErrorId.BadResponse, 1)]
    [InlineData(200, """{"models":[{"name":"\ud800"}]}""", TokaifyErrorId.BadResponse, 1)]
    [InlineData(200, """{"models":[],"nextPageToken":"\udc00"}""", TokaifyErrorId.BadResponse, 1)]
    [InlineData(200, """{"object":"nothing"}""", TokaifyErrorId.BadResponse, 1)]
    public async Task A_failure_has_the_id_that_an_edit_would_have(int status, string body, TokaifyErrorId id, int attempts)
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(status, body));
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => ListAsync(server));
        Assert.Equal(id, failure.ErrorId);
        Assert.Equal(attempts, failure.Attempts);
    }

    [Fact]
    public async Task No_message_repeats_the_key()
    {
        await using var server = ScriptedServer.Answering(
            ScriptedResponse.Json(401, $$$"""{"error":{"message":"Wrong key {{{Edits.Key}}}","code":"x"}}"""));
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => ListAsync(server));
        Assert.DoesNotContain(Edits.Key, failure.ToString() + failure.ResponseText, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> ListAsync(ScriptedServer server) => Edits.Client(server.BaseUri).ListModelsAsync();
}
