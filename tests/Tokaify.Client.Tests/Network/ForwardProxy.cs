using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Tokaify.Tests.Network;

/// <summary>A proxy with authentication that connects every name to the same server.</summary>
internal sealed class ForwardProxy : IDisposable
{
    public const string UserName = "alice";
    public const string Password = "pass-of-alice";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly Uri _tunnelTarget;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<string> _lines = new();

    /// <param name="target">The server for all names.</param>
    /// <param name="tunnelTarget">The server for tunnels; null for the same server.</param>
    public ForwardProxy(Uri target, Uri? tunnelTarget = null)
    {
        _target = target;
        _tunnelTarget = tunnelTarget ?? target;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The address with the user name and password, as in the environment.</summary>
    public string AddressWithCredential => $"http://{UserName}:{Password}@{Address.Authority}";

    /// <summary>The requests, refusals included: <c>407 POST http://relay.test/…</c></summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public void Dispose()
    {
        _listener.Stop();
        _http.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception error) when (error is IOException or SocketException or HttpRequestException)
            {
                // One side has disconnected.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        if (await new RequestReader(stream).ReadAsync() is not { } request)
        {
            return;
        }

        var isKnown = IsKnown(request);
        _lines.Enqueue($"{(isKnown ? 200 : 407)} {request.RequestLine}");
        if (!isKnown)
        {
            var response = ScriptedResponse.Of(407, "Who are you?", "Proxy-Authenticate: Basic realm=\"proxy\"", "Connection: close");
            await response.WriteAsync(stream, CancellationToken.None);
        }
        else if (request.RequestLine.StartsWith("CONNECT ", StringComparison.Ordinal))
        {
            await TunnelAsync(stream);
        }
        else
        {
            await (await ForwardAsync(request)).WriteAsync(stream, CancellationToken.None);
        }
    }

    private static bool IsKnown(RecordedRequest request) =>
        request.Header("Proxy-Authorization") == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"));

    private async Task TunnelAsync(NetworkStream stream)
    {
        using var target = new TcpClient();
        await target.ConnectAsync(_tunnelTarget.Host, _tunnelTarget.Port);
        await stream.WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray());
        await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
    }

    private async Task<ScriptedResponse> ForwardAsync(RecordedRequest request)
    {
        var words = request.RequestLine.Split(' ');
        using var forwarded = new HttpRequestMessage(new HttpMethod(words[0]), new Uri(_target, new Uri(words[1]).PathAndQuery));
        if (request.Header("Content-Type") is { } type)
        {
            forwarded.Content = new ByteArrayContent(request.Body);
            forwarded.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        forwarded.Headers.TryAddWithoutValidation("Authorization", request.Header("Authorization"));
        using var response = await _http.SendAsync(forwarded);
        return ScriptedResponse.Of((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), "Connection: close");
    }
}
