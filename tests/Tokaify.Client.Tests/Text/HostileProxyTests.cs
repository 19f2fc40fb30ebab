using System.Net;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Text;

/// <summary>A proxy that repeats its password, and the key that it has seen, in its responses to CONNECT and to other requests.</summary>
public sealed class HostileProxyTests
{
    private const string Key = "sk-9fK/2q+Zr7&Lw=Xc_4Vb~8Nm";
    private const string Password = "Tr0ub4dor&3/horse";
    private const string ShortPassword = "hunter2";

    // Names that only the proxy can resolve (RFC 6761).
    private static readonly Uri s_byHttp = new("http://relay.test/");
    private static readonly Uri s_byTls = new("https://relay.test/");

    /// <summary>The proxy's text, with a place for the secret that it repeats.</summary>
    public static TheoryData<string> Replies =>
    [
        "HTTP/1.1 500 {0}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 No\r\nX-Request-Id: {0}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 No\r\nConnection: close\r\n\r\n<html><title>{0}</title></html>",
        "HTTP/1.1 403 No\r\nConnection: close\r\n\r\nNo way to {0}",
        "HTTP/1.1 407 {0}\r\nProxy-Authenticate: Basic realm=\"{0}\"\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 407 No\r\nProxy-Authenticate: {0}\r\nConnection: close\r\n\r\n{0}",
        "HTTP/1.1 {0}\r\n\r\n",
        "{0}\r\n\r\n",
        "HTTP/1.1 500 No\r\n{0}\r\n\r\n",
        "HTTP/1.1 200 Fine\r\n\r\n{0}",
    ];

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task No_part_of_the_password_is_shown(string reply)
    {
        foreach (var (name, form) in SecretForms.For(Replies, reply))
        {
            foreach (var (baseUri, secret) in new[] { (s_byTls, Password), (s_byHttp, Password), (s_byHttp, Key) })
            {
                foreach (var (where, text) in (await ObserveAsync(baseUri, Password, reply.Replace("{0}", form(secret), StringComparison.Ordinal))).Texts)
                {
                    Assert.True(Leak.Find(text, secret) is null, $"{name}: {where} shows '{Leak.Find(text, secret)}': {text}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task A_short_password_is_removed_if_it_can_be_recognized(string reply)
    {
        string[] forms =
        [
            $"http://joe:{ShortPassword}@127.0.0.1:3128/",
            $"joe:{ShortPassword}@127.0.0.1",
            "http://joe:%68unter2@127.0.0.1:3128/",
            $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("joe:" + ShortPassword))}",
        ];
        foreach (var form in forms)
        {
            foreach (var (where, text) in (await ObserveAsync(s_byTls, ShortPassword, reply.Replace("{0}", form, StringComparison.Ordinal))).Texts)
            {
                Assert.DoesNotContain(ShortPassword, text, StringComparison.Ordinal);
                Assert.DoesNotContain("unter2", text, StringComparison.Ordinal);
                Assert.DoesNotContain("aHVudGVyM", text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("http://joe:pass%40word@proxy:3128", "pass%40word|pass@word")]
    [InlineData("joe:pa/ss:w@rd@proxy:3128/", "pa/ss:w@rd")]
    [InlineData("HTTP://joe:pass+word@proxy", "pass+word")]
    [InlineData("http://joe@proxy", "")]
    [InlineData("http://joe:@proxy", "")]
    [InlineData("http://proxy:3128", "")]
    [InlineData("proxy:3128", "")]
    [InlineData("", "")]
    public void The_password_of_a_proxy_s_address_is_found(string address, string passwords) => Assert.Equal(
        passwords,
        string.Join('|', ConnectionSecrets.OfAddress(address).Select(secret => secret.Text).Where(text => text.Length > 0).Distinct()));

    private static async Task<Observed> ObserveAsync(Uri baseUri, string password, string reply)
    {
        var seen = new Observed();
        using var folder = new TemporaryFolder();
        await using var proxy = ScriptedServer.Answering(ScriptedResponse.Raw(Encoding.UTF8.GetBytes(reply), closesConnection: true));
        var journal = folder.File("edits.jsonl");
        using var client = new TokaifyClient(
            new TokaifyConnection
            {
                BaseUri = baseUri,
                ApiKey = ApiKey.FromPlainText(Key),
                Proxy = proxy.BaseUri,
                ProxyCredential = new NetworkCredential("joe", password),
                AllowUnencryptedAuthentication = true,
            },
            new TokaifyClientOptions
            {
                Retry = Edits.OneRetry with { MaximumRetryCount = 0 },
                Journal = new JournalWriter(journal),
                OnNotice = notice => seen.Add("notice", notice.Message),
            });

        seen.Add("error", await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder))));
        seen.Add("journal", await File.ReadAllTextAsync(journal));
        return seen;
    }
}
