using System.Net;
using System.Net.Sockets;

namespace Tokaify.Tests;

/// <summary>Takes one connection and says nothing.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);

    public SilentServer()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        Request = ReadAsync();
    }

    public Uri Address { get; }

    /// <summary>Ends when the first byte of a request has come.</summary>
    public Task Request { get; }

    public void Dispose() => _listener.Stop();

    private async Task ReadAsync()
    {
        var connection = await _listener.AcceptSocketAsync();
        _ = await connection.ReceiveAsync(new byte[1]);
    }
}
