using System.Net;
using Tokaify.Emulation;
using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Tests;

/// <summary>Behaviour that only .NET Framework's client has. It is HttpWebRequest on Windows; Mono has the client of .NET in its
/// place.</summary>
[Collection(nameof(HttpWebRequestTests))]
public sealed class HttpWebRequestTests : IDisposable
{
    private readonly IWebProxy? _proxyBefore = WebRequest.DefaultWebProxy;

    // Windows fills it from the user's Internet settings.
    private static void SetProxyOfSettings(ForwardProxy proxy) => WebRequest.DefaultWebProxy = new WebProxy(proxy.Address);

    public void Dispose() => WebRequest.DefaultWebProxy = _proxyBefore;

    [Fact]
    public async Task Only_the_proxy_of_the_settings_gets_its_credentials()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        SetProxyOfSettings(proxy);
        using var caller = new ClientCaller(Elsewhere(new NetworkCredential(ForwardProxy.UserName, ForwardProxy.Password)));

        var result = await caller.EditAsync();

        Assert.Equal(1, result.Attempts);
        Assert.Equal("407", proxy.Lines[0][..3]);
        Assert.StartsWith("200 POST http://relay.test/v1beta/models/", proxy.Lines[^1], StringComparison.Ordinal);
        Assert.Null(WebRequest.DefaultWebProxy.Credentials);
    }

    [Fact]
    public async Task The_error_for_a_proxy_of_the_settings_that_needs_credentials_says_what_to_do()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        SetProxyOfSettings(proxy);
        using var caller = new ClientCaller(Elsewhere(credential: null));

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 407, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("-ProxyCredential", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, emulator.RequestCount);
    }

    [Fact]
    public async Task A_proxy_of_the_settings_is_not_asked_for_this_machine()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        SetProxyOfSettings(proxy);
        using var caller = new ClientCaller(emulator.BaseUri);

        await caller.EditAsync();

        Assert.Empty(proxy.Lines);
    }

    [Fact]
    public async Task A_refusal_leaves_its_connection_for_the_next_attempt()
    {
        var responses = new Queue<ScriptedResponse>([ScriptedResponse.Json(503, """{"error":{"code":503,"message":"Busy."}}"""), ScriptedResponse.Good]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        using var caller = new ClientCaller(server.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(2, result.Attempts);
        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task A_response_that_stalls_ends_with_the_attempt_and_its_connection_with_it()
    {
        var (attempts, isClosed, connections) = await GrowingLimit.RunAsync(
            TimeSpan.FromSeconds(1), EditPastStallingAsync, outcome => outcome.Attempts == 2);

        Assert.Equal((2, true, 2), (attempts, isClosed, connections));
    }

    private static async Task<(int Attempts, bool IsClosed, int Connections)> EditPastStallingAsync(TimeSpan limit)
    {
        var closed = new TaskCompletionSource<bool>();
        var responses = new Queue<ScriptedResponse>([Stalling(closed), ScriptedResponse.Good]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with { AttemptTimeout = limit });
        var result = await caller.EditAsync();
        return (result.Attempts, await closed.Task.WaitAsync(TimeSpan.FromSeconds(60)), server.ConnectionCount);
    }

    private static TokaifyConnection Elsewhere(NetworkCredential? credential) => new()
    {
        BaseUri = new Uri("http://relay.test/"),
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        ProxyCredential = credential,
        AllowUnencryptedAuthentication = true,
    };

    // Completes when the other side closes the connection.
    private static ScriptedResponse Stalling(TaskCompletionSource<bool> closed) => new(
        async (stream, token) =>
        {
            byte[] start = [.. ScriptedResponse.Head(200, "Content-Type: application/json", "Content-Length: 1000"), (byte)'{'];
            await stream.WriteAsync(start, token);
            try
            {
                closed.SetResult(await stream.ReadAsync(new byte[1], 0, 1, token) == 0);
            }
            catch (IOException)
            {
                // Reset.
                closed.SetResult(true);
            }
        },
        closesConnection: true);
}

/// <summary>Not in parallel with other tests, because the proxy of the settings applies to the whole process.</summary>
[CollectionDefinition(nameof(HttpWebRequestTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;
