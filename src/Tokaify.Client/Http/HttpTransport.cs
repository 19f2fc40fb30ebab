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
    private static SocketsHttpHandler CreateHandler(Route route) => new()
    {
        // A redirect would carry the key to wherever it points.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        // A relay behind a load balancer moves; connections that never end do not follow.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseProxy = !route.IsDirect,
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
            MaxConnectionsPerServer = int.MaxValue,
            UseProxy = !route.IsDirect,
        };
        if (route.WebProxy is { } proxy)
        {
            handler.Proxy = proxy;
        }

        return handler;
    }
#endif

    private sealed record Route(Uri? Proxy, NetworkCredential? Credential, bool IsDirect)
    {
        // The environment's proxy is asked for loopback too, and would look for this machine's emulator on its own.
        public static Route Of(TokaifyConnection connection) =>
            new(connection.Proxy, connection.ProxyCredential, connection.Proxy is null && connection.BaseUri.IsLoopback);

        public WebProxy? WebProxy => Proxy is null ? null : new WebProxy(Proxy) { Credentials = Credential };
    }
}
