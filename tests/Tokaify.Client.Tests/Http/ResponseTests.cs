using System.Text;
using Tokaify.Tests.Responses;
using Xunit;

namespace Tokaify.Tests.Http;

/// <summary>Complete edits against a server with every known kind of response.</summary>
public class ResponseTests
{
    private const string Image = """{"candidates":[{"content":{"parts":[{"text":"Here."},{"inlineData":{"mimeType":"image/png","data":"«palette.png»"}}]},"finishReason":"STOP"}],"responseId":"r-1"}""";

    /// <summary>Responses with status 200 and without an image. Each row is a case.</summary>
    private static readonly Dictionary<string, Refusal> s_refusals = Refusals();

    /// <summary>Responses with an error status. Each row is a case.</summary>
    private static readonly Dictionary<string, Error> s_errors = new()
    {
        ["the relay's shape"] = new(401, """{"error":{"message":"Invalid token (request id: 2026abc)","type":"new_api_error","param":"","code":"invalid_token"}}""", TokaifyErrorId.Unauthorized, "Invalid token")
        {
            Code = "invalid_token",
            RequestId = "2026abc",
        },
        ["upstream's shape"] = new(400, """{"error":{"code":400,"message":"Unable to process input image","status":"INVALID_ARGUMENT","details":[{"@type":"x","message":"no"}]}}""", TokaifyErrorId.InvalidRequest, "Unable to process input image") { Code = "INVALID_ARGUMENT" },
        ["a number for a code, and no status"] = new(400, """{"error":{"code":1210,"message":"odd"}}""", TokaifyErrorId.InvalidRequest, "odd") { Code = "1210" },
        ["a message alone"] = new(400, """{"message":"No route"}""", TokaifyErrorId.InvalidRequest, "No route"),
        ["an error that is a text"] = new(403, """{"error":"Forbidden here"}""", TokaifyErrorId.Unauthorized, "Forbidden here"),
        ["an error that is a text, and a message"] = new(403, """{"error":"Forbidden","message":"This key is for chat only"}""", TokaifyErrorId.Unauthorized, "This key is for chat only"),
        ["success false"] = new(400, """{"success":false,"message":"Bad things"}""", TokaifyErrorId.InvalidRequest, "Bad things"),
        ["a detail"] = new(404, """{"detail":"Not Found"}""", TokaifyErrorId.ModelNotFound, "Not Found"),
        ["an array around it"] = new(400, """[{"error":{"code":400,"message":"in an array","status":"INVALID_ARGUMENT"}}]""", TokaifyErrorId.InvalidRequest, "in an array") { Code = "INVALID_ARGUMENT" },
        ["JSON cut off"] = new(400, """{"error":{"message":"as far as it goes","code":"x""", TokaifyErrorId.InvalidRequest, "as far as it goes"),
        ["halves of surrogate pairs"] = new(400, """{"error":{"message":"half \ud83d","\ude00":1}}""", TokaifyErrorId.InvalidRequest, "half"),
        ["bytes that are no UTF-8, in JSON"] = new(400, """{"error":{"message":"not «FF» quite"}}""", TokaifyErrorId.InvalidRequest, "not \uFFFD quite"),
        ["bytes that are no UTF-8"] = new(500, "«FF»«FE»oh no", TokaifyErrorId.ServiceUnavailable, "oh no") { IsTransient = true },
        ["nothing, 500"] = new(500, "", TokaifyErrorId.ServiceUnavailable, "HTTP 500") { IsTransient = true },
        ["nothing, 401"] = new(401, "", TokaifyErrorId.Unauthorized, "HTTP 401"),
        ["null"] = new(400, "null", TokaifyErrorId.InvalidRequest, "HTTP 400"),
        ["an error without words"] = new(400, """{"error":{}}""", TokaifyErrorId.InvalidRequest, "HTTP 400"),
        ["a page, 413"] = new(413, "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>nginx</body></html>", TokaifyErrorId.PayloadTooLarge, "413 Request Entity Too Large"),
        ["a page, 502"] = new(502, "<html><head><title>502 Bad Gateway</title></head><body/></html>", TokaifyErrorId.ServiceUnavailable, "502 Bad Gateway") { IsTransient = true },
        ["a page, 504"] = new(504, "<html><head><title>504 Gateway Time-out</title></head><body/></html>", TokaifyErrorId.Timeout, "504 Gateway Time-out") { IsTransient = true },
        ["a page, 524"] = new(524, "<!DOCTYPE html><html><head><title>relay | 524: A timeout occurred</title></head></html>", TokaifyErrorId.Timeout, "524: A timeout occurred") { IsTransient = true },
        ["a page without a title"] = new(503, "<html><style>p {}</style><p>Back <b>soon</b></p></html>", TokaifyErrorId.ServiceUnavailable, "Back soon") { IsTransient = true },
        ["words"] = new(503, "upstream connect error", TokaifyErrorId.ServiceUnavailable, "upstream connect error") { IsTransient = true },
        ["a page of 1 MB"] = new(502, "<html><head><title>Bad</title></head>" + new string('x', 1024 * 1024), TokaifyErrorId.ServiceUnavailable, "Bad") { IsTransient = true },
        ["402"] = new(402, """{"error":{"message":"Pay first"}}""", TokaifyErrorId.QuotaExceeded, "Pay first"),
        ["no quota left"] = new(403, """{"error":{"message":"user quota is not enough","type":"new_api_error","code":"insufficient_user_quota"}}""", TokaifyErrorId.QuotaExceeded, "user quota is not enough") { Code = "insufficient_user_quota" },
        ["429"] = new(429, """{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}""", TokaifyErrorId.RateLimited, "Resource has been exhausted") { IsTransient = true, Code = "RESOURCE_EXHAUSTED" },
        ["404"] = new(404, """{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}""", TokaifyErrorId.ModelNotFound, "models/x is not found") { Code = "NOT_FOUND" },
        ["529"] = new(529, """{"error":{"message":"overloaded"}}""", TokaifyErrorId.ServiceUnavailable, "overloaded") { IsTransient = true },
        ["418"] = new(418, """{"error":{"message":"teapot"}}""", TokaifyErrorId.InvalidRequest, "teapot"),
        ["599"] = new(599, """{"error":{"message":"odd"}}""", TokaifyErrorId.ServiceUnavailable, "odd"),
    };

    public static TheoryData<string> RefusalNames => [.. s_refusals.Keys];

    public static TheoryData<string> ErrorNames => [.. s_errors.Keys];

    [Theory]
    [MemberData(nameof(RefusalNames))]
    public async Task A_response_without_an_image_is_the_right_error_after_one_request(string name)
    {
        var row = s_refusals[name];
        var failure = await Edits.FailAsync(ScriptedResponse.Of(200, Response.Bytes(row.Body)), attempts: row.IsTransient ? 2 : 1);

        Assert.Equal(row.Id, failure.ErrorId);
        Assert.Contains(row.Words, failure.Message, StringComparison.Ordinal);
        Assert.Equal(row.FinishReason, failure.FinishReason);
        Assert.Equal(200, failure.StatusCode);
        Assert.Equal(row.Code, failure.Code);
        Assert.NotNull(failure.ResponseText);
    }

    [Theory]
    [MemberData(nameof(ErrorNames))]
    public async Task An_error_status_is_the_right_error_with_the_service_s_words(string name)
    {
        var row = s_errors[name];
        var failure = await Edits.FailAsync(ScriptedResponse.Of(row.Status, Response.Bytes(row.Body)), attempts: row.IsTransient ? 2 : 1);

        Assert.Equal(row.Id, failure.ErrorId);
        Assert.Contains(row.Words, failure.Message, StringComparison.Ordinal);
        Assert.Equal(row.Status, failure.StatusCode);
        Assert.Equal(row.RequestId, failure.RequestId);
        if (row.Code is not null)
        {
            Assert.Equal(row.Code, failure.Code);
        }
    }

    [Fact]
    public async Task An_image_is_saved_with_the_details_of_the_response()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, Response.Bytes(Image)));

        var result = await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(["out.png"], folder.Names);
        Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(folder.File("out.png")));
        Assert.Equal(("Here.", "STOP", "r-1", 1), (result.Text, result.FinishReason, result.ResponseId, result.Attempts));
    }

    [Fact]
    public async Task A_request_id_in_the_head_is_in_the_error()
    {
        var failure = await Edits.FailAsync(ScriptedResponse.Json(400, "{}", "X-Oneapi-Request-Id: 20261120-1"), attempts: 1);
        Assert.Equal("20261120-1", failure.RequestId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task A_chunked_response_is_read(int chunkLength)
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Raw(
            [.. ScriptedResponse.Head(200, "Transfer-Encoding: chunked"), .. Chunked(Response.Bytes(Image), chunkLength), .. "0\r\n\r\n"u8]));

        await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(folder.File("out.png")));
    }

    [Fact]
    public async Task A_response_that_ends_with_the_connection_is_read()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(
            ScriptedResponse.Raw([.. ScriptedResponse.Head(200, "Connection: close"), .. Response.Bytes(Image)], closesConnection: true));

        await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(["out.png"], folder.Names);
    }

    /// <summary>Cut in the middle of a body: of known length, chunked, and ended by the connection.</summary>
    [Theory]
    [InlineData("Content-Length: 100000", TokaifyErrorId.ConnectionFailed)]
    [InlineData("Transfer-Encoding: chunked", TokaifyErrorId.ConnectionFailed)]
    [InlineData("Connection: close", TokaifyErrorId.BadResponse)]
    public async Task A_request_whose_response_was_cut_off_is_sent_again(string header, TokaifyErrorId id)
    {
        var half = Response.Bytes(Image)[..600];
        var body = header.Contains("chunked", StringComparison.Ordinal) ? Chunked(half, 100) : half;
        var failure = await Edits.FailAsync(ScriptedResponse.Raw([.. ScriptedResponse.Head(200, header), .. body], closesConnection: true), attempts: 2);
        Assert.Equal(id, failure.ErrorId);
    }

    [Fact]
    public async Task A_second_attempt_saves_the_image_that_the_first_could_not()
    {
        using var folder = new TemporaryFolder();
        var count = 0;
        await using var server = new ScriptedServer(_ => Interlocked.Increment(ref count) == 1
            ? ScriptedResponse.Raw([.. ScriptedResponse.Head(200, "Content-Length: 100000"), .. Response.Bytes(Image)[..600]], closesConnection: true)
            : ScriptedResponse.Of(200, Response.Bytes(Image)));

        var result = await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(2, result.Attempts);
        Assert.Equal(["out.png"], folder.Names);
        Assert.Equal(server.Requests.First().BodyDigest, server.Requests.Last().BodyDigest);
    }

    [Fact]
    public async Task An_image_over_the_limit_is_refused_without_a_retry()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, Response.Bytes(Image)));
        var client = Edits.Client(server.BaseUri, options: new TokaifyClientOptions { MaximumImageLength = 100 });

        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder)));

        Assert.Equal((TokaifyErrorId.BadResponse, 1), (failure.ErrorId, failure.Attempts));
        Assert.Contains("larger than 100 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    private static byte[] Chunked(byte[] bytes, int length) =>
        [.. bytes.Chunk(length).SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8])];

    private static Dictionary<string, Refusal> Refusals()
    {
        var rows = new Dictionary<string, Refusal>
        {
            ["text only"] = new("""{"candidates":[{"content":{"parts":[{"text":"I would rather not."}]},"finishReason":"STOP"}]}""", TokaifyErrorId.NoImageReturned, "I would rather not") { FinishReason = "STOP" },
            ["texts only"] = new("""{"candidates":[{"content":{"parts":[{"text":"One."},{"text":"Two."}]},"finishReason":"STOP"}]}""", TokaifyErrorId.NoImageReturned, "One. Two") { FinishReason = "STOP" },
            ["empty candidates"] = new("""{"candidates":[],"usageMetadata":{},"modelVersion":"string"}""", TokaifyErrorId.NoImageReturned, "returned no picture"),
            ["an empty document"] = new("{}", TokaifyErrorId.NoImageReturned, "returned no picture"),
            ["only a draft"] = new("""{"candidates":[{"content":{"parts":[{"thought":true,"inlineData":{"data":"«palette.png»"}}]},"finishReason":"STOP"}]}""", TokaifyErrorId.NoImageReturned, "returned no picture") { FinishReason = "STOP" },
            ["a candidate without anything"] = new("""{"candidates":[{}]}""", TokaifyErrorId.NoImageReturned, "returned no picture"),
            ["the relay's error"] = new("""{"error":{"message":"no channel (request id: 7)","type":"new_api_error","param":"","code":"model_not_found"}}""", TokaifyErrorId.ModelNotFound, "no channel") { Code = "model_not_found" },
            ["upstream's error"] = new("""{"error":{"code":400,"message":"bad picture","status":"INVALID_ARGUMENT"}}""", TokaifyErrorId.InvalidRequest, "bad picture") { Code = "INVALID_ARGUMENT" },
            ["upstream's error that passes"] = new("""{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}""", TokaifyErrorId.ServiceUnavailable, "overloaded") { Code = "UNAVAILABLE", IsTransient = true },
            ["success false"] = new("""{"success":false}""", TokaifyErrorId.BadResponse, "success"),
            ["success false, with a message"] = new("""{"success":false,"message":"not today"}""", TokaifyErrorId.BadResponse, "not today"),
            ["a message alone"] = new("""{"message":"not today"}""", TokaifyErrorId.BadResponse, "not today"),
            ["a page"] = new("<html><head><title>Sign in</title></head></html>", TokaifyErrorId.BadResponse, "Sign in"),
            ["nothing"] = new("", TokaifyErrorId.BadResponse, "ends too early") { IsTransient = true },
        };
        foreach (var reason in (string[])["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY"])
        {
            rows[$"blocked prompt: {reason}"] = new($$$"""{"promptFeedback":{"blockReason":"{{{reason}}}"}}""", TokaifyErrorId.ContentBlocked, reason) { FinishReason = reason };
            rows[$"blocked prompt, with words: {reason}"] = new($$$"""{"prompt_feedback":{"block_reason_message":"Not this.","block_reason":"{{{reason}}}"},"candidates":[]}""", TokaifyErrorId.ContentBlocked, "Not this") { FinishReason = reason };
        }

        foreach (var reason in (string[])["SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "RECITATION", "IMAGE_RECITATION"])
        {
            AddFinish(rows, reason, TokaifyErrorId.ContentBlocked);
        }

        foreach (var reason in (string[])["NO_IMAGE", "IMAGE_OTHER", "MAX_TOKENS", "OTHER", "SOMETHING_NEW"])
        {
            AddFinish(rows, reason, TokaifyErrorId.NoImageReturned);
        }

        return rows;
    }

    private static void AddFinish(Dictionary<string, Refusal> rows, string reason, TokaifyErrorId id)
    {
        rows[$"{reason}, no content"] = new($$$"""{"candidates":[{"finishReason":"{{{reason}}}","index":0}],"usageMetadata":{"totalTokenCount":9}}""", id, reason) { FinishReason = reason };
        rows[$"{reason}, empty content"] = new($$$"""{"candidates":[{"content":{"role":"model","parts":[]},"finish_reason":"{{{reason}}}"}]}""", id, reason) { FinishReason = reason };
        rows[$"{reason}, with text"] = new($$$"""{"candidates":[{"content":{"parts":[{"text":"My words."}]},"finishReason":"{{{reason}}}"}]}""", id, "My words") { FinishReason = reason };
        rows[$"{reason}, with a message"] = new($$$"""{"candidates":[{"finishReason":"{{{reason}}}","finishMessage":"Its words."}]}""", id, "Its words") { FinishReason = reason };
    }

    private sealed record Refusal(string Body, TokaifyErrorId Id, string Words)
    {
        public string? FinishReason { get; init; }

        public string? Code { get; init; }

        public bool IsTransient { get; init; }
    }

    private sealed record Error(int Status, string Body, TokaifyErrorId Id, string Words)
    {
        public string? Code { get; init; }

        public string? RequestId { get; init; }

        public bool IsTransient { get; init; }
    }
}
