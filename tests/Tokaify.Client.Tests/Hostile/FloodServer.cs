using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tokaify.Tests.Hostile;

/// <summary>The data of a server that sends without an end.</summary>
/// <param name="Beginning">What comes first.</param>
/// <param name="Repeated">The repeated part, as long as the client reads.</param>
internal sealed record Flood(byte[] Beginning, byte[] Repeated)
{
    public Flood(string beginning, string repeated)
        : this(Encoding.ASCII.GetBytes(beginning), Encoding.ASCII.GetBytes(repeated))
    {
    }

    public Flood(string head, byte[] beginning, byte[] repeated)
        : this([.. Encoding.ASCII.GetBytes(head), .. beginning], repeated)
    {
    }
}

/// <summary>Responds to every request with endless data, as fast as the client reads it.</summary>
internal sealed class FloodServer : IAsyncDisposable
{
    private const int Much = 256 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _hasSentMuch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Flood _flood;
    private readonly Task _accepting;
    private int _requestCount;

    public FloodServer(Flood flood)
    {
        _flood = flood;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public Uri BaseUri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int RequestCount => Volatile.Read(ref _requestCount);

    /// <summary>Completes when a large part has been read.</summary>
    public Task HasSentMuch => _hasSentMuch.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            using var stream = client.GetStream();
            if (await new RequestReader(stream).ReadAsync(keepsBody: false, _stop.Token) is null)
            {
                return;
            }

            Interlocked.Increment(ref _requestCount);
            await stream.WriteAsync(_flood.Beginning, _stop.Token);
            byte[] block = [.. Enumerable.Repeat(_flood.Repeated, Math.Max(1, 16 * 1024 / _flood.Repeated.Length)).SelectMany(bytes => bytes)];
            for (var sent = 0L; ; sent += block.Length)
            {
                await stream.WriteAsync(block, _stop.Token);
                if (sent > Much)
                {
                    _hasSentMuch.TrySetResult();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has closed the connection, or the test has ended.
        }
    }
}
