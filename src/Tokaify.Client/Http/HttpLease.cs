namespace Tokaify;

/// <summary>A lease of a pool of connections. The pool stays open until all its leases are released.</summary>
internal sealed class HttpLease(HttpTransport.Route route, HttpClient http) : IDisposable
{
    private HttpTransport.Route? _route = route;

    /// <summary>The client that uses the pool's connections.</summary>
    public HttpClient Http { get; } = http;

    /// <summary>Releases the lease. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _route, null) is { } route)
        {
            HttpTransport.Return(route);
        }
    }
}
