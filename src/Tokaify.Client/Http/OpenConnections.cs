namespace Tokaify;

/// <summary>Keeps connections open between clients. Without it, they are closed with the last client that uses them.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class OpenConnections : IDisposable
{
    private readonly Dictionary<HttpTransport.Route, HttpLease> _leases = [];

    /// <summary>Keeps the connections that clients of this connection open, until this object is disposed of.</summary>
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

    /// <summary>Closes the connections that no client uses any more, and forgets the credentials of their proxies. The object can be used
    /// again afterwards.</summary>
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
