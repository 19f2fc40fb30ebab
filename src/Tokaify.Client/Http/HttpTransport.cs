using System.Collections.Concurrent;
using System.Net;

namespace Tokaify;

/// <summary>The connections of this process, kept open between requests and between clients.</summary>
internal static class HttpTransport
{
    // One pool of connections for each way out. The only static state of the library: sockets, no settings.
    private static readonly ConcurrentDictionary<Route, HttpClient> s_clients = new();

    public static HttpClient For(TokaifyConnection connection) =>
        s_clients.GetOrAdd(Route.Of(connection), Create);

    private static HttpClient Create(Route route) => new(CreateHandler(route))
    {
        // Each attempt has its own limit.
        Timeout = Timeout.InfiniteTimeSpan,
    };

#if NET
    internal static SocketsHttpHandler CreateHandler(Route route) => new()
    {
        // A redirect would carry the key to wherever it points.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = route.ConnectTimeout,
        ConnectCallback = ConnectionStream.ConnectAsync,
        // A relay behind a load balancer moves; connections that never end do not follow.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseProxy = route.UseProxy,
        Proxy = route.WebProxy,
        DefaultProxyCredentials = route.Proxy is null ? route.Credential : null,
    };
#else
    private static HttpClientHandler CreateHandler(Route route)
    {
        // Windows PowerShell may still start out with the protocols of 2005.
        if (ServicePointManager.SecurityProtocol != 0 && !ServicePointManager.SecurityProtocol.HasFlag(SecurityProtocolType.Tls12))
        {
            ServicePointManager.SecurityProtocol |= SecurityProtocolType.Tls12;
        }

        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            UseCookies = false,
            UseProxy = route.UseProxy,
            MaxConnectionsPerServer = int.MaxValue,
        };
        if (route.WebProxy is { } proxy)
        {
            handler.Proxy = proxy;
        }

        return handler;
    }
#endif

    // Compared by value: each command brings a credential of its own.
    internal sealed record Route(bool UseProxy, Uri? Proxy, string? UserName, string? Password, string? Domain, TimeSpan ConnectTimeout)
    {
        public NetworkCredential? Credential => UserName is null ? null : new NetworkCredential(UserName, Password, Domain);

        public WebProxy? WebProxy => Proxy is null ? null : new WebProxy(Proxy) { Credentials = Credential };

        public static Route Of(TokaifyConnection connection) => new(
            // Nobody's proxy leads to this machine; the environment's would be asked nevertheless.
            connection.Proxy is not null || !connection.BaseUri.IsLoopback,
            connection.Proxy,
            connection.ProxyCredential?.UserName,
            connection.ProxyCredential?.Password,
            connection.ProxyCredential?.Domain,
            connection.ConnectTimeout);

        public override string ToString() => $"{Proxy}";
    }
}
