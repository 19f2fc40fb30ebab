using System.Net;

namespace Tokaify;

/// <summary>The open connections of this process: one pool for each route. All clients of a route share its pool; the last one closes
/// it.</summary>
/// <remarks>A pool holds the proxy's password, and its buffers may still contain the key. So it must not outlive the clients that provided
/// them.</remarks>
internal static class HttpTransport
{
    private static readonly Dictionary<Route, Pool> s_pools = [];

    /// <summary>Leases the pool of a connection's route. The pool stays open until all leases are disposed of.</summary>
    public static HttpLease Rent(TokaifyConnection connection)
    {
        var route = Route.Of(connection);
        lock (s_pools)
        {
            if (!s_pools.TryGetValue(route, out var pool))
            {
                pool = new Pool(Create(route));
                s_pools.Add(route, pool);
            }

            pool.LeaseCount++;
            return new HttpLease(route, pool.Http);
        }
    }

    /// <summary>The proxy of a connection's requests, without its credentials: the named one, else that of the system or the environment.
    /// Null if there is none.</summary>
    public static Uri? FindProxy(TokaifyConnection connection) =>
        connection.BaseUri.IsAbsoluteUri ? FindProxy(connection, connection.BaseUri) : connection.Proxy;

    /// <summary>The proxy between a connection and an address.</summary>
    public static Uri? FindProxy(TokaifyConnection connection, Uri target)
    {
        // Requests to this machine use no proxy unless one is given, as in Route.Of.
        if (connection.Proxy is not null || target.IsLoopback)
        {
            return connection.Proxy;
        }

#if NET
        var proxy = HttpClient.DefaultProxy;
#else
        var proxy = WebRequest.DefaultWebProxy;
#endif
        var address = proxy is null || proxy.IsBypassed(target) ? null : proxy.GetProxy(target);
        return address == target ? null : ProxyAddress.Split(address).Address;
    }

    /// <summary>Releases a lease.</summary>
    internal static void Return(Route route)
    {
        lock (s_pools)
        {
            var pool = s_pools[route];
            if (--pool.LeaseCount > 0)
            {
                return;
            }

            s_pools.Remove(route);
            pool.Http.Dispose();
        }
    }

    private static HttpClient Create(Route route) => new(CreateHandler(route))
    {
        // Each attempt has its own time limit.
        Timeout = Timeout.InfiniteTimeSpan,
    };

#if NET
    internal static SocketsHttpHandler CreateHandler(Route route) => new()
    {
        // A redirect would send the key to the address that it names.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = route.ConnectTimeout,
        ConnectCallback = ConnectionStream.ConnectAsync,
        // The address of a relay behind a load balancer may change, and a connection that is never closed would keep the old address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseProxy = route.UseProxy,
        Proxy = route.WebProxy,
        DefaultProxyCredentials = route.Proxy is null ? route.Credential : null,
    };
#else
    private static HttpClientHandler CreateHandler(Route route)
    {
        // Windows PowerShell may still start with SSL 3.0 and TLS 1.0 only.
        if (ServicePointManager.SecurityProtocol != 0 && !ServicePointManager.SecurityProtocol.HasFlag(SecurityProtocolType.Tls12))
        {
            ServicePointManager.SecurityProtocol |= SecurityProtocolType.Tls12;
        }

        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            // GzipBody decompresses.
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = route.UseProxy,
            MaxConnectionsPerServer = int.MaxValue,
        };
        if (ProxyOf(route) is { } proxy)
        {
            handler.Proxy = proxy;
        }

        return handler;
    }

    // If this returns null, the handler uses the proxy of the user's settings.
    private static IWebProxy? ProxyOf(Route route) =>
        route.WebProxy ?? (IWebProxy?)(route.Credential is { } credential ? new SettingsProxy(credential) : null);
#endif

    // Compared by value, because each command has its own credential object.
    internal sealed record Route(bool UseProxy, Uri? Proxy, string? UserName, string? Password, string? Domain, TimeSpan ConnectTimeout)
    {
        public NetworkCredential? Credential => UserName is null ? null : new NetworkCredential(UserName, Password, Domain);

        public WebProxy? WebProxy => Proxy is null ? null : new WebProxy(Proxy) { Credentials = Credential };

        public static Route Of(TokaifyConnection connection) => new(
            // Loopback addresses never go through a proxy; without this, the proxy of the environment would be used for them.
            connection.Proxy is not null || !connection.BaseUri.IsLoopback,
            connection.Proxy,
            connection.ProxyCredential?.UserName,
            connection.ProxyCredential?.Password,
            connection.ProxyCredential?.Domain,
            connection.ConnectTimeout);

        public override string ToString() => $"{Proxy}";
    }

    private sealed class Pool(HttpClient http)
    {
        public HttpClient Http { get; } = http;

        public int LeaseCount { get; set; }
    }
}
