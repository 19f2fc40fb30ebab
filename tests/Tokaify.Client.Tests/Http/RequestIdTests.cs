using System.Text.Json;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Http;

/// <summary>The ids of a request, of the client and of the service.</summary>
public class RequestIdTests
{
    [Fact]
    public async Task Every_attempt_has_an_id_of_its_own_and_the_result_names_it_beside_the_services()
    {
        using var folder = new TemporaryFolder();
        var responses = new Queue<ScriptedResponse>([Failure(503, "s-1"), Good("s-2")]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());

        var result = await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(2, result.Attempts);
        Assert.Equal(SentIds(server), result.Requests.Select(request => request.ClientRequestId));
        Assert.Distinct(SentIds(server));
        Assert.All(SentIds(server), id => Assert.True(Guid.TryParse(id, out _)));
        Assert.Equal(["s-1", "s-2"], result.Requests.Select(request => request.RequestId));
        Assert.Equal([503, 200], result.Requests.Select(request => request.StatusCode));
        Assert.Equal([nameof(TokaifyErrorId.ServiceUnavailable), null], result.Requests.Select(request => request.ErrorId));
    }

    [Fact]
    public async Task An_error_names_the_ids_of_all_its_attempts()
    {
        using var folder = new TemporaryFolder();
        var responses = new Queue<ScriptedResponse>([Failure(503, "s-1"), Failure(400, "s-2")]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());

        var error = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder)));

        Assert.Equal(2, error.Attempts);
        Assert.Equal(SentIds(server), error.Requests.Select(request => request.ClientRequestId));
        Assert.Equal(["s-1", "s-2"], error.Requests.Select(request => request.RequestId));
        Assert.Equal(
            [nameof(TokaifyErrorId.ServiceUnavailable), nameof(TokaifyErrorId.InvalidRequest)],
            error.Requests.Select(request => request.ErrorId));
    }

    [Fact]
    public async Task An_attempt_without_a_response_has_only_the_clients_id()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Never);
        var client = Edits.Client(
            server.BaseUri, new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.FromMilliseconds(300) });

        var error = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder)));

        var request = Assert.Single(error.Requests);
        Assert.Null(request.RequestId);
        Assert.Null(request.StatusCode);
        Assert.Equal(nameof(TokaifyErrorId.Timeout), request.ErrorId);
        Assert.Equal(request.ClientRequestId, request.ToString());
    }

    [Fact]
    public async Task A_request_that_was_not_sent_has_no_ids()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        var edit = Edits.Of(folder) with { Request = new ImageRequest { Prompt = " " } };

        var error = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(edit));

        Assert.Empty(error.Requests);
        Assert.Equal(0, error.Attempts);
    }

    [Fact]
    public async Task The_list_of_models_is_asked_for_with_an_id_as_well()
    {
        await using var server = ScriptedServer.Answering(Failure(400, "s-1"));

        var error = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).ListModelsAsync());

        Assert.Equal(SentIds(server), error.Requests.Select(request => request.ClientRequestId));
    }

    [Fact]
    public async Task The_user_agent_names_the_program()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        var options = new TokaifyClientOptions { UserAgent = UserAgent.Of("Program", new Version(1, 2, 3), "Host 4 (\u00FC; x\\)") };

        await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));
        await Edits.Client(server.BaseUri, options: options).EditAsync(Edits.Of(folder));

        var sent = server.Requests.Select(request => request.Header("User-Agent")!).ToList();
        Assert.Matches(@"^Tokaify[.]Client/\d+[.]\d+[.]\d+ \([.]NET [^();]+; [^();]+\)$", sent[0]);
        Assert.Matches(@"^Program/1[.]2[.]3 \(Host 4 x; [^();]+\)$", sent[1]);
    }

    [Fact]
    public async Task The_list_of_a_result_reads_well_as_text_and_as_JSON()
    {
        using var folder = new TemporaryFolder();
        var responses = new Queue<ScriptedResponse>([Failure(503, "s-1"), Good(requestId: null)]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        var result = await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));
        var ids = SentIds(server);

        Assert.Equal($"{ids[0]} (s-1); {ids[1]}", result.Requests.ToString());
        Assert.Equal(
            $$"""{"ClientRequestId":"{{ids[1]}}","RequestId":null,"StatusCode":200,"ErrorId":null,"Cost":0.039,"Currency":"USD"}""",
            JsonSerializer.Serialize(result.Requests[1]));
    }

    private static List<string> SentIds(ScriptedServer server) =>
        [.. server.Requests.Select(request => request.Header("X-Client-Request-Id")!)];

    private static ScriptedResponse Failure(int status, string requestId) => ScriptedResponse.Json(
        status, """{"error":{"message":"No."}}""", $"X-Request-Id: {requestId}");

    private static ScriptedResponse Good(string? requestId) => ScriptedResponse.Json(
        200,
        $$$"""
        {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png",
        "data":"{{{Convert.ToBase64String(TestImages.Bytes("plain.png"))}}}"}}]},"finishReason":"STOP"}]}
        """,
        requestId is null ? [] : [$"X-Request-Id: {requestId}"]);
}
