using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Tests.Links;

/// <summary>Links with host names: the checks of their addresses, and the address of the connection.</summary>
public sealed class LinkedNameTests : IAsyncLifetime
{
    private const string Link = "https://images.test/a.png";
    private const string Public = "93.184.216.34";

    private readonly LinkServer _server = new LinkServer().Says($"![image]({Link})");
    private readonly ConcurrentQueue<string> _questions = new();
    private readonly ConcurrentQueue<string> _connections = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData(Public + " 127.0.0.1")]
    [InlineData("192.168.0.1 " + Public)]
    public async Task A_name_of_which_one_address_is_not_public_is_refused(string addresses)
    {
        var error = await FailAsync(_ => addresses);

        Assert.Contains("not a public address", error.Message, StringComparison.Ordinal);
        Assert.Empty(_connections);
        Assert.Single(_questions);
    }

    [Fact]
    public async Task The_connection_is_made_to_the_address_that_was_checked_even_if_the_name_has_changed()
    {
        var error = await FailAsync(number => number == 1 ? Public : "127.0.0.1");

        // The second attempt resolves the name again, and the addresses are checked again.
        Assert.Equal([Public + ":443"], _connections);
        Assert.Equal(["images.test", "images.test"], _questions);
        Assert.Contains("images.test (127.0.0.1), which is not a public address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_a_name_is_checked_like_the_link()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Redirect("https://rebound.test:8443/b.png"));

        var error = await FailAsync(_ => "127.0.0.1");

        Assert.Contains("rebound.test (127.0.0.1)", error.Message, StringComparison.Ordinal);
        Assert.Equal(["rebound.test"], _questions);
        Assert.Empty(_connections);
    }

    [Fact]
    public async Task Addresses_are_tried_one_after_the_other()
    {
        await FailAsync(_ => $"{Public} 2606:4700::6810:84e5");

        Assert.Equal([Public + ":443", "[2606:4700::6810:84e5]:443"], _connections.Take(2));
    }

    [Fact]
    public async Task An_untrusted_certificate_is_refused()
    {
        await using var tls = TlsServer.Start();
        var error = await FailAsync(_ => Public, token => ConnectAsync(tls.Port, token));

        Assert.Contains("No TLS connection to images.test", error.Message, StringComparison.Ordinal);
        Assert.Single(_connections);
        Assert.Empty(tls.Requests);
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_is_an_attempt_that_is_tried_again()
    {
        await FailAsync(_ => Public, async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        });

        Assert.Equal(2, _connections.Count);
    }

    [Fact]
    public async Task A_name_that_is_not_found_in_time_is_the_same()
    {
        using var caller = Caller(async (host, token) =>
        {
            _questions.Enqueue(host);
            await Task.Delay(Timeout.Infinite, token);
            return [];
        });

        await FailAsync(caller);

        Assert.Equal(2, _questions.Count);
    }

    [Fact]
    public async Task A_proxy_resolves_names_itself_and_gets_its_credentials()
    {
        await using var tls = TlsServer.Start();
        using var proxy = new ForwardProxy(_server.BaseUri, tls.BaseUri);
        using var caller = Caller(RefuseLookup, proxy.Address);

        var error = await FailAsync(caller);

        Assert.Contains("No TLS connection to images.test", error.Message, StringComparison.Ordinal);
        Assert.Contains("200 CONNECT images.test:443 HTTP/1.1", proxy.Lines);
    }

    [Theory]
    [InlineData("https://127.0.0.1/a.png")]
    [InlineData("https://2130706433/a.png")]
    [InlineData("https://169.254.169.254/a.png")]
    [InlineData("https://[fd00:ec2::254]/a.png")]
    [InlineData("https://localhost/a.png")]
    [InlineData("https://127.0.0.1./a.png")]
    public async Task Through_a_proxy_addresses_are_checked_all_the_same(string link)
    {
        using var proxy = new ForwardProxy(_server.BaseUri);
        using var caller = Caller(RefuseLookup, proxy.Address);
        _server.Says($"![image]({link})");

        var error = await FailAsync(caller);

        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.Lines, line => line.Contains("CONNECT", StringComparison.Ordinal));
    }

    private async Task<TokaifyException> FailAsync(Func<int, string> addresses, Func<CancellationToken, Task<Stream>>? connect = null)
    {
        using var caller = Caller(
            (host, _) =>
            {
                _questions.Enqueue(host);
                return Task.FromResult(Array.ConvertAll(addresses(_questions.Count).Split(' '), IPAddress.Parse));
            },
            proxy: null,
            connect);
        return await FailAsync(caller);
    }

    private async Task<TokaifyException> FailAsync(ClientCaller caller)
    {
        var error = await caller.FailAsync();
        Assert.Equal((TokaifyErrorId.LinkFailed, 1, 1), (error.ErrorId, error.Attempts, _server.Edits));
        return error;
    }

    private ClientCaller Caller(
        Func<string, CancellationToken, Task<IPAddress[]>> resolve, Uri? proxy = null, Func<CancellationToken, Task<Stream>>? connect = null) => new(
        new TokaifyConnection
        {
            BaseUri = _server.BaseUri,
            ApiKey = ApiKey.FromPlainText(Edits.Key),
            Proxy = proxy,
            ProxyCredential = proxy is null ? null : new NetworkCredential(ForwardProxy.UserName, ForwardProxy.Password),
            ConnectTimeout = connect is null && proxy is null ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(2),
        },
        new TokaifyClientOptions
        {
            Retry = Edits.OneRetry,
            LinkNetwork = new LinkNetwork(resolve, async (endPoint, token) =>
            {
                _connections.Enqueue(endPoint.ToString());
                return connect is null ? throw new SocketException((int)SocketError.ConnectionRefused) : await connect(token);
            }),
        });

    private static Task<IPAddress[]> RefuseLookup(string host, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The proxy finds names.");

    private static async Task<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
