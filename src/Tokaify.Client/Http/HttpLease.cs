namespace Tokaify;

/// <summary>A share in a pool of connections.</summary>
internal sealed class HttpLease(HttpTransport.Route route, HttpClient http) : IDisposable
{
    private HttpTransport.Route? _route = route;

    /// <summary>The client that uses the pool's connections.</summary>
    public HttpClient Http { get; } = http;

    /// <summary>Gives the share back, once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _route, null) is { } route)
        {
            HttpTransport.Return(route);
        }
    }
}
