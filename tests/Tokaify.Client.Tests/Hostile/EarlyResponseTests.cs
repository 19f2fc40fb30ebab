using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Hostile;

/// <summary>A relay that refuses a request by its head, while the body is still on its way.</summary>
public sealed class EarlyResponseTests
{
    private const string Question = "Expect: 100-continue";
    private const string GoOn = "HTTP/1.1 100 Continue\r\n\r\n";

    private static readonly EarlyResponse s_good = new(GoodBytes(), EarlyEnd.KeepAlive) { ReadsBody = true };

    // HttpWebRequest waits 350 ms for the response to Expect: 100-continue. Then it sends the body, and a reset would discard the response.
    private const EarlyEnd AskedEnd =
#if NET
        EarlyEnd.Close;
#else
        EarlyEnd.Linger;
#endif

    // No response: the connection is reset.
    private static readonly EarlyResponse s_lost = new([], EarlyEnd.Close);

    [Theory]
    [InlineData(401, TokaifyErrorId.Unauthorized, EarlyEnd.Close)]
    [InlineData(401, TokaifyErrorId.Unauthorized, EarlyEnd.Linger)]
    [InlineData(413, TokaifyErrorId.PayloadTooLarge, EarlyEnd.Close)]
    [InlineData(413, TokaifyErrorId.PayloadTooLarge, EarlyEnd.Linger)]
    public async Task An_early_response_is_reported_as_its_error(int status, TokaifyErrorId id, EarlyEnd end)
    {
        await using var server = new EarlyServer((_, _) => EarlyResponse.Of(status, end));
        using var caller = Caller(server.BaseUri);

        var error = await FailAsync(caller);

        Assert.Equal((id, status), (error.ErrorId, error.StatusCode));
        Assert.Contains("early", error.Message, StringComparison.Ordinal);
        // If a reset discards the response, as on Windows, the second attempt gets it.
        Assert.InRange(error.Attempts, 1, OperatingSystem.IsWindows() ? 2 : 1);
        Assert.Equal(error.Attempts, server.Heads.Count);
    }

    [Fact]
    public async Task A_rate_limit_in_an_early_response_is_waited_for()
    {
        await using var server = new EarlyServer((number, head) =>
            number < 3 ? EarlyResponse.Of(429, Asks(head) ? AskedEnd : EarlyEnd.Close) : s_good);
        using var caller = Caller(server.BaseUri);
        var reasons = new List<TokaifyErrorId>();

        await caller.EditAsync(notice => reasons.Add(((TokaifyException)notice.Reason).ErrorId));

        Assert.Contains(TokaifyErrorId.RateLimited, reasons);
    }

    [Fact]
    public async Task After_a_connection_is_lost_during_the_upload_the_next_attempt_sends_Expect_100_continue()
    {
        await using var server = new EarlyServer((_, head) =>
            Asks(head) ? EarlyResponse.Of(401, AskedEnd) : s_lost);
        using var caller = Caller(server.BaseUri);

        var error = await FailAsync(caller);

        Assert.Equal((TokaifyErrorId.Unauthorized, 401, 2), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Equal([false, true], server.Heads.Select(Asks));
    }

    [Fact]
    public async Task An_upload_that_was_lost_costs_nothing()
    {
        await using var server = new EarlyServer((_, _) => s_lost);
        using var caller = Caller(server.BaseUri);

        var error = await FailAsync(caller);

        Assert.Equal(TokaifyErrorId.ConnectionFailed, error.ErrorId);
        Assert.Equal(0, error.Charge!.Value.Amount);
    }

    [Fact]
    public async Task After_an_upload_that_was_not_read_the_next_attempt_sends_Expect_100_continue()
    {
        await using var server = new EarlyServer((_, head) =>
            Asks(head) ? EarlyResponse.Of(413, AskedEnd) : new EarlyResponse([], EarlyEnd.Stall));

        var error = await GrowingLimit.RunAsync(
            TimeSpan.FromMilliseconds(300),
            async limit =>
            {
                using var caller = Caller(server.BaseUri, s_threeRetries with { AttemptTimeout = limit });
                return await FailAsync(caller);
            },
            // On a slow machine, the attempt with Expect: 100-continue may reach the limit as well.
            error => error is { ErrorId: not TokaifyErrorId.Timeout, Attempts: 2 });

        Assert.Equal((TokaifyErrorId.PayloadTooLarge, 2), (error.ErrorId, error.Attempts));
    }

    [Theory]
    [InlineData(GoOn)]
    [InlineData("")]
    public async Task If_the_relay_sends_100_continue_or_nothing_the_body_is_sent(string interim)
    {
        await using var server = new EarlyServer((number, _) => number == 1 ? s_lost : s_good with { Interim = interim });
        using var caller = Caller(server.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(2, result.Attempts);
        Assert.Contains(Question, server.Heads[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_rejects_Expect_100_continue_does_not_get_it_again()
    {
        await using var server = new EarlyServer((_, head) =>
            Asks(head) ? EarlyResponse.Of(417, AskedEnd) : s_lost);
        using var caller = Caller(server.BaseUri);

        var error = await FailAsync(caller);

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 4), (error.ErrorId, error.Attempts));
        Assert.Equal([false, true, false, false], server.Heads.Select(Asks));
    }

    [Fact]
    public async Task A_connection_with_an_early_response_is_not_used_again()
    {
        await using var server = new EarlyServer((number, _) => number == 1 ? EarlyResponse.Of(400, EarlyEnd.Close) : s_good);
        using var caller = Caller(server.BaseUri);

        await FailAsync(caller);
        var result = await caller.EditAsync();

        Assert.Equal((1, 2), (result.Attempts, server.Heads.Count));
    }

    [Fact]
    public async Task A_client_that_lost_no_connection_does_not_send_Expect_100_continue()
    {
        await using var server = new EarlyServer((number, _) => number == 1 ? EarlyResponse.Of(503, EarlyEnd.Linger) : s_good);
        using var caller = Caller(server.BaseUri);

        await caller.EditAsync();

        Assert.DoesNotContain(server.Heads, head => head.Contains("Expect", StringComparison.OrdinalIgnoreCase));
    }

    private static bool Asks(string head) => head.Contains(Question, StringComparison.Ordinal);

    private static readonly RetryOptions s_threeRetries = Edits.OneRetry with { MaximumRetryCount = 3 };

    private static async Task<TokaifyException> FailAsync(ClientCaller caller) =>
        await Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync());

    // Longer than the buffers of the system.
    private static ClientCaller Caller(Uri address, RetryOptions? retry = null)
    {
        var caller = new ClientCaller(address, retry ?? s_threeRetries);
        var path = caller.Folder.File("large.png");
        File.WriteAllBytes(path, [.. TestImages.Bytes("plain.png"), .. new byte[16 * 1024 * 1024]]);
        caller.Edit = caller.Edit with { Request = caller.Edit.Request with { Images = [SourceImage.Inspect(path)] } };
        return caller;
    }

    private static byte[] GoodBytes()
    {
        using var bytes = new MemoryStream();
        ScriptedResponse.Good.WriteAsync(bytes, CancellationToken.None).GetAwaiter().GetResult();
        return bytes.ToArray();
    }
}
