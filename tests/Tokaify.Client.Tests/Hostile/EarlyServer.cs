using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tokaify.Tests.Hostile;

/// <summary>A server that responds as soon as it has a request's headers, and reads the body only if the response asks for it.</summary>
internal sealed class EarlyServer : IAsyncDisposable
{
    private const string EndOfHead = "\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, string, EarlyResponse> _script;
    private readonly Task _accepting;
    private int _count;

    /// <summary>Starts on a free port.</summary>
    /// <param name="script">Creates the response from a request's number, from 1, and its headers.</param>
    public EarlyServer(Func<int, string, EarlyResponse> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri BaseUri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The headers of the received requests.</summary>
    public List<string> Heads { get; } = [];

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
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        try
        {
            while (await ReadHeadAsync(socket) is { } head)
            {
                int number;
                lock (Heads)
                {
                    Heads.Add(head);
                    number = ++_count;
                }

                var response = _script(number, head);
                await socket.SendAsync(Encoding.ASCII.GetBytes(response.Interim), _stop.Token);
                if (response.ReadsBody)
                {
                    await ReadBodyAsync(socket, head);
                }

                await socket.SendAsync(response.Final, _stop.Token);
                switch (response.End)
                {
                    case EarlyEnd.Close:
                        return;
                    case EarlyEnd.Linger:
                        socket.Shutdown(SocketShutdown.Send);
                        await DrainAsync(socket);
                        return;
                    case EarlyEnd.Stall:
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                        return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client has disconnected, or the test has ended.
        }
    }

    // Reads no byte of the body: it stays in the system's buffer.
    private async Task<string?> ReadHeadAsync(Socket socket)
    {
        var head = "";
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, SocketFlags.Peek, _stop.Token) is > 0 and var seen)
        {
            var text = head + Encoding.Latin1.GetString(buffer, 0, seen);
            var end = text.IndexOf(EndOfHead, StringComparison.Ordinal);
            var length = end < 0 ? text.Length : end + EndOfHead.Length;
            await socket.ReceiveAsync(buffer.AsMemory(0, length - head.Length), _stop.Token);
            head = text[..length];
            if (end >= 0)
            {
                return head;
            }
        }

        return null;
    }

    private async Task ReadBodyAsync(Socket socket, string head)
    {
        var line = head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var buffer = new byte[64 * 1024];
        for (var left = int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture); left > 0;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _stop.Token);
            left -= read > 0 ? read : throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    private async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, _stop.Token) > 0)
        {
        }
    }
}

/// <summary>The state of the connection after an early response.</summary>
public enum EarlyEnd
{
    /// <summary>It stays open for the next request.</summary>
    KeepAlive,

    /// <summary>It is closed with an unread body, so the client's system gets a reset.</summary>
    Close,

    /// <summary>The rest of the body is read and discarded.</summary>
    Linger,

    /// <summary>Nothing more is read, and it stays open.</summary>
    Stall,
}

/// <summary>A response to a request's head.</summary>
/// <param name="Final">The response, byte by byte.</param>
/// <param name="End">The state of the connection afterwards.</param>
internal sealed record EarlyResponse(byte[] Final, EarlyEnd End)
{
    /// <summary>An interim response before it: <c>100 Continue</c>.</summary>
    public string Interim { get; init; } = "";

    /// <summary>Whether the body is read before the response.</summary>
    public bool ReadsBody { get; init; }

    public static EarlyResponse Of(int status, EarlyEnd end, params string[] headers)
    {
        const string Body = """{"error":{"message":"early","code":""}}""";
        return new([.. ScriptedResponse.Head(status, ["Content-Type: application/json", $"Content-Length: {Body.Length}", .. headers]), .. Encoding.ASCII.GetBytes(Body)], end);
    }
}
