namespace Tokaify;

/// <summary>Keeps connections open between clients: without it, they are closed with the last client that uses them.</summary>
/// <remarks>Safe for use from any thread.</remarks>
public sealed class OpenConnections : IDisposable
{
    private readonly Dictionary<HttpTransport.Route, HttpLease> _leases = [];

    /// <summary>Keeps what clients of this connection open, until this is disposed of.</summary>
    public void Keep(TokaifyConnection connection)
    {
        var route = HttpTransport.Route.Of(connection);
        lock (_leases)
        {
            if (!_leases.ContainsKey(route))
            {
                _leases.Add(route, HttpTransport.Rent(connection));
            }
        }
    }

    /// <summary>Closes those connections that no client uses any more, and forgets the credentials of their proxies. What is kept
    /// afterwards is kept anew.</summary>
    public void Dispose()
    {
        lock (_leases)
        {
            foreach (var lease in _leases.Values)
            {
                lease.Dispose();
            }

            _leases.Clear();
        }
    }
}
