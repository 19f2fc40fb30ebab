using System.Net;
#if NET
using System.Net.Sockets;
#endif

namespace Tokaify;

/// <summary>Sends the requests to linked addresses. They contain neither the key nor a cookie, only the headers that HTTP needs.</summary>
internal sealed class LinkTransport
{
    private readonly HttpClient _relay;
#if NET
    private readonly TokaifyConnection _connection;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Func<IPEndPoint, CancellationToken, Task<Stream>> _connect;
#endif

    /// <summary>Creates the transport.</summary>
    /// <param name="relay">Sends the requests to the relay's own origin.</param>
    /// <param name="connection">Knows the proxy.</param>
    /// <param name="network">Resolves names and connects; null for the system's own functions.</param>
    public LinkTransport(HttpClient relay, TokaifyConnection connection, LinkNetwork? network)
    {
        _relay = relay;
#if NET
        _connection = connection;
        _resolve = network?.Resolve ?? Dns.GetHostAddressesAsync;
        _connect = network?.Connect ?? ConnectAsync;
#endif
    }

    /// <summary>Sends a plain GET.</summary>
    /// <param name="address">The address; it has passed <see cref="LinkRules"/>.</param>
    /// <param name="isOwnOrigin">Whether it is of the relay's own origin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The response; disposing of it closes its connection, unless it is the relay's.</returns>
    public async Task<LinkResponse> GetAsync(Uri address, bool isOwnOrigin, CancellationToken cancellationToken)
    {
        var http = isOwnOrigin ? _relay : Open(address);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return new LinkResponse(response, isOwnOrigin ? null : http);
        }
        catch when (!isOwnOrigin)
        {
            http.Dispose();
            throw;
        }
    }

#if NET
    // One client for each response, so that no connection outlives the check of its address.
    private HttpClient Open(Uri address)
    {
        var proxy = HttpTransport.FindProxy(_connection, address);
        return new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _connection.ConnectTimeout,
            UseProxy = proxy is not null,
            Proxy = proxy is null ? null : new WebProxy(proxy) { Credentials = CredentialsFor(proxy) },
            ConnectCallback = proxy is null ? ConnectCheckedAsync : (context, token) => ConnectToProxyAsync(proxy, context, token),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private NetworkCredential? CredentialsFor(Uri proxy) => _connection.ProxyCredential
        ?? (_connection.Proxy is null ? HttpClient.DefaultProxy.Credentials?.GetCredential(proxy, "Basic") : null);

    // The name is resolved once, and the connection is made to an address that was checked. If one of its addresses is not public, the name
    // is refused, whatever the others are: no public server has such a name.
    private async ValueTask<Stream> ConnectCheckedAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await _resolve(host, cancellationToken).ConfigureAwait(false);
        if (addresses.FirstOrDefault(address => !AddressRules.IsPublic(address)) is { } inner)
        {
            throw LinkRefusedException.NotPublic(inner.ToString() == host ? host : $"{host} ({inner})");
        }

        Exception? failure = null;
        foreach (var address in addresses)
        {
            try
            {
                return await _connect(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                failure = exception;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    // A proxy may have any address, and resolves names itself. This method connects only to the proxy, and to no other address.
    private static async ValueTask<Stream> ConnectToProxyAsync(Uri proxy, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var isProxy = string.Equals(context.DnsEndPoint.Host, proxy.IdnHost, StringComparison.OrdinalIgnoreCase)
            && context.DnsEndPoint.Port == proxy.Port;
        return isProxy
            ? await ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false)
            : throw LinkRefusedException.NotPublic(context.DnsEndPoint.Host);
    }

    private static async Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
#else
    // Only the relay's own origin passes the rules.
    private static HttpClient Open(Uri address) => throw LinkRefusedException.NotPublic(address.Host);
#endif
}

/// <summary>The response of a link's server.</summary>
/// <param name="message">The response.</param>
/// <param name="http">The client, if it was created for this response; else null.</param>
internal sealed class LinkResponse(HttpResponseMessage message, HttpClient? http) : IDisposable
{
    /// <summary>The response.</summary>
    public HttpResponseMessage Message { get; } = message;

    /// <summary>Ends the response and its connection.</summary>
    public void Dispose()
    {
        Message.Dispose();
        http?.Dispose();
    }
}

/// <summary>The functions that resolve names and make connections.</summary>
/// <param name="Resolve">Resolves a name to its addresses.</param>
/// <param name="Connect">Connects to an address.</param>
internal sealed record LinkNetwork(
    Func<string, CancellationToken, Task<IPAddress[]>> Resolve, Func<IPEndPoint, CancellationToken, Task<Stream>>? Connect = null);
