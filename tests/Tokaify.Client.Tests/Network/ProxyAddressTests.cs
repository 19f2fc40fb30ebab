using System.Net;
using Tokaify.Emulation;
using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>Valid addresses of proxies, and the data that may be sent to them.</summary>
public sealed class ProxyAddressTests
{
    [Theory]
    [InlineData("http://joe:secret@proxy.test:3128", "http://proxy.test:3128/", "joe", "secret")]
    [InlineData("http://joe@proxy.test", "http://proxy.test/", "joe", "")]
    [InlineData("http://:secret@proxy.test", "http://proxy.test/", "", "secret")]
    [InlineData("http://joe:a%3Ab%40c:d@proxy.test", "http://proxy.test/", "joe", "a:b@c:d")]
    [InlineData("http://corp%5Cjoe:secret@[::1]:8080", "http://[::1]:8080/", @"corp\joe", "secret")]
    [InlineData("socks5://joe:secret@proxy.test:1080", "socks5://proxy.test:1080/", "joe", "secret")]
    public void A_name_and_password_in_the_address_become_the_credential(string given, string address, string name, string password)
    {
        var connection = new TokaifyConnection { Proxy = new Uri(given) };

        Assert.Equal(address, connection.Proxy!.AbsoluteUri);
        Assert.DoesNotContain('@', connection.Proxy.OriginalString);
        Assert.Equal((name, password), (connection.ProxyCredential!.UserName, connection.ProxyCredential.Password));
        if (password.Length > 0)
        {
            Assert.DoesNotContain(password, connection.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_separate_credential_has_precedence_over_that_in_the_address()
    {
        var own = new NetworkCredential("ann", "another");

        Assert.Same(own, new TokaifyConnection { ProxyCredential = own, Proxy = new Uri("http://joe:secret@proxy.test") }.ProxyCredential);
        Assert.Same(own, new TokaifyConnection { Proxy = new Uri("http://joe:secret@proxy.test"), ProxyCredential = own }.ProxyCredential);
    }

    [Fact]
    public void Another_proxy_does_not_get_the_credential_of_the_first_ones_address()
    {
        var connection = new TokaifyConnection { Proxy = new Uri("http://joe:secret@proxy.test") };

        Assert.Null((connection with { Proxy = new Uri("http://other.test") }).ProxyCredential);
        Assert.Null((connection with { Proxy = null }).ProxyCredential);
    }

    [Fact]
    public async Task The_proxy_gets_the_name_and_password_of_its_address()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);
        using var caller = new ClientCaller(Through(proxy.AddressWithCredential) with
        {
            BaseUri = new Uri("http://relay.test/"),
            AllowUnencryptedAuthentication = true,
        });

        await caller.EditAsync();

        Assert.StartsWith("200 POST http://relay.test/v1beta/models/", proxy.Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://proxy.test:3128")]
    [InlineData("http://localhost:8080", "http://10.0.0.1")]
    [InlineData("http://[::1]:8080", "https://proxy.test")]
    [InlineData("http://127.0.0.1", "socks5://proxy.test:1080")]
    [InlineData("http://127.0.0.1", "http://joe:secret@127.0.0.1.proxy.test")]
    [InlineData("http://relay.test", "http://127.0.0.1:3128")]
    [InlineData("http://relay.test", "http://proxy.test:3128")]
    public void The_key_is_not_sent_unencrypted_to_a_proxy_on_another_machine_unless_that_is_allowed(string relay, string proxy)
    {
        var connection = Through(proxy) with { BaseUri = new Uri(relay) };

        var error = Assert.Throws<TokaifyException>(connection.Validate);

        Assert.Equal(TokaifyErrorId.InsecureConnection, error.ErrorId);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        (connection with { AllowUnencryptedAuthentication = true }).Validate();
    }

    [Theory]
    [InlineData("https://relay.test", "http://proxy.test:3128")]
    [InlineData("https://127.0.0.1", "socks5://proxy.test:1080")]
    [InlineData("http://127.0.0.1", "http://localhost:3128")]
    public void A_tunnel_or_this_machine_needs_no_permission(string relay, string proxy) =>
        (Through(proxy) with { BaseUri = new Uri(relay) }).Validate();

    [Theory]
    [InlineData("proxy.test")]
    [InlineData("proxy.test:3128")]
    [InlineData("joe:secret@proxy.test:3128")]
    [InlineData("ftp://joe:secret@proxy.test")]
    [InlineData("file:///secret")]
    public void An_invalid_address_of_a_proxy_is_refused_and_not_repeated(string address)
    {
        var error = Assert.Throws<TokaifyException>(Through(address).Validate);

        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains("proxy", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("htps://joe:secret@relay.test/v1", "'htps://relay.test/v1'")]
    [InlineData("joe:secret@relay.test", "'relay.test'")]
    [InlineData("joe:sec@ret@relay.test", "'relay.test'")]
    [InlineData("ftp://relay.test?key=secret", "'ftp://relay.test'")]
    [InlineData("https://joe:secret@relay.test", "relay.test")]
    public void An_invalid_address_of_a_relay_is_refused_and_its_user_is_not_repeated(string address, string shown)
    {
        var connection = new TokaifyConnection { ApiKey = ApiKey.FromPlainText(Edits.Key), BaseUri = new Uri(address, UriKind.RelativeOrAbsolute) };

        var error = Assert.Throws<TokaifyException>(connection.Validate);
        var test = ConnectionTest.Failed(error, connection);

        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        foreach (var text in new[] { error.ToString(), test.ToString(), $"{test.BaseUri?.OriginalString}" })
        {
            Assert.DoesNotMatch("joe|secret|sec@|ret@", text);
        }
    }

    private static TokaifyConnection Through(string proxy) => new()
    {
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        Proxy = new Uri(proxy, UriKind.RelativeOrAbsolute),
    };
}
