using System.Net;
using Tokaify.Emulation;
using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>Connections to the relay: proxies, TLS, redirects.</summary>
public sealed class ConnectionTests
{
    // A name that only the proxy can resolve (RFC 6761).
    private static readonly Uri s_elsewhere = new("http://relay.test/");
    private static readonly Uri s_elsewhereByTls = new("https://relay.test/");

    [Fact]
    public async Task A_proxy_gets_its_credentials()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        using var caller = new ClientCaller(Through(proxy, new NetworkCredential(ForwardProxy.UserName, ForwardProxy.Password)));

        var result = await caller.EditAsync();

        Assert.Equal(1, result.Attempts);
        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
        Assert.Equal("407", proxy.Lines[0][..3]);
        Assert.StartsWith("200 POST http://relay.test/v1beta/models/", proxy.Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task The_error_for_a_proxy_that_needs_credentials_says_what_to_do(string? password)
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        using var caller = new ClientCaller(
            Through(proxy, password is null ? null : new NetworkCredential(ForwardProxy.UserName, password)));

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 407, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Equal(ErrorAdvice.GiveProxyCredential, error.Advice);
        Assert.Equal(0, emulator.RequestCount);
    }

    [Fact]
    public async Task The_error_for_a_proxy_that_refuses_a_tunnel_says_what_to_do()
    {
        await using var server = TlsServer.Start();
        using var proxy = new ForwardProxy(server.BaseUri);
        using var caller = new ClientCaller(Through(proxy, credential: null) with { BaseUri = s_elsewhereByTls });

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 407, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Equal(ErrorAdvice.GiveProxyCredential, error.Advice);
    }

    [Fact]
    public async Task A_tunnel_through_a_proxy_changes_nothing_about_tls()
    {
        await using var server = TlsServer.Start();
        using var proxy = new ForwardProxy(server.BaseUri);
        using var caller = new ClientCaller(
            Through(proxy, new NetworkCredential(ForwardProxy.UserName, ForwardProxy.Password)) with { BaseUri = s_elsewhereByTls });

        await IsRefusedByTlsAsync(caller);
        Assert.Contains("200 CONNECT relay.test:443 HTTP/1.1", proxy.Lines);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_a_failed_connection()
    {
        using var caller = new ClientCaller(new TokaifyConnection
        {
            BaseUri = s_elsewhere,
            ApiKey = ApiKey.FromPlainText(Edits.Key),
            Proxy = await UnusedAddressAsync(),
            AllowUnencryptedAuthentication = true,
        });

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2), (error.ErrorId, error.Attempts));
        Assert.Contains("proxy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_untrusted_certificate_is_reported_as_a_tls_error()
    {
        await using var server = TlsServer.Start();
        using var caller = new ClientCaller(new Uri($"https://127.0.0.1:{server.Port}"));

        await IsRefusedByTlsAsync(caller);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Plain_http_instead_of_tls_is_reported_as_a_tls_error()
    {
        await using var server = new ScriptedServer(_ => null, wrap: async stream =>
        {
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            return stream;
        });
        using var caller = new ClientCaller(new Uri($"https://127.0.0.1:{server.Port}"));

        await IsRefusedByTlsAsync(caller);
    }

    [Fact]
    public async Task A_broken_handshake_is_reported_as_a_tls_error_and_tried_again()
    {
        await using var server = new ScriptedServer(_ => null, wrap: _ => throw new IOException());
        using var caller = new ClientCaller(new Uri($"https://127.0.0.1:{server.Port}"));

        await IsRefusedByTlsAsync(caller, attempts: 2);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_another_host_is_not_followed_and_the_key_is_not_sent_there(int status)
    {
        await using var other = new ScriptedServer(_ => ScriptedResponse.Good);
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(status, "", $"Location: http://localhost:{other.Port}/v1beta/"));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.BadResponse, status, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("redirect", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    private static async Task IsRefusedByTlsAsync(ClientCaller caller, int attempts = 1)
    {
        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, attempts), (error.ErrorId, error.Attempts));
        Assert.Contains("No TLS connection to", error.Message, StringComparison.Ordinal);
    }

    private static TokaifyConnection Through(ForwardProxy proxy, NetworkCredential? credential) => new()
    {
        BaseUri = s_elsewhere,
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        Proxy = proxy.Address,
        ProxyCredential = credential,
        AllowUnencryptedAuthentication = true,
    };

    private static async Task<Uri> UnusedAddressAsync()
    {
        await using var server = new ScriptedServer(_ => null);
        return server.BaseUri;
    }
}
