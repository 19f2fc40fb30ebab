using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tokaify.Tests.Network;

/// <summary>Answers one request of a <see cref="ScriptedServer"/>.</summary>
/// <param name="request">What came.</param>
/// <returns>The answer, or null to end the connection without one.</returns>
internal delegate Task<ScriptedAnswer?> Script(ScriptedRequest request);

/// <summary>An HTTP server of plain sockets that says what a test wants, byte for byte. Each answer ends its connection.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Script _script;
    private readonly Func<Stream, Task<Stream>> _wrap;
    private int _requestCount;

    /// <param name="script">Makes the answers.</param>
    /// <param name="wrap">Puts something around a connection, such as TLS; null for nothing.</param>
    public ScriptedServer(Script script, Func<Stream, Task<Stream>>? wrap = null)
    {
        _script = script;
        _wrap = wrap ?? (stream => Task.FromResult(stream));
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public ScriptedServer(Func<ScriptedRequest, ScriptedAnswer?> script)
        : this(request => Task.FromResult(script(request)))
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri BaseUri => new($"http://127.0.0.1:{Port}");

    public int RequestCount => Volatile.Read(ref _requestCount);

    public void Dispose() => _listener.Dispose();

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
                await using var stream = await _wrap(client.GetStream());
                if (await ScriptedRequest.ReadAsync(stream) is not { } request)
                {
                    return;
                }

                Interlocked.Increment(ref _requestCount);
                if (await _script(request) is { } answer)
                {
                    await stream.WriteAsync(answer.ToBytes());
                    client.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, which some tests are about.
            }
        }
    }
}

/// <summary>A request as it came.</summary>
/// <param name="Line">Its first line.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
internal sealed record ScriptedRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public static async Task<ScriptedRequest?> ReadAsync(Stream stream)
    {
        if (await ReadLineAsync(stream) is not { Length: > 0 } line)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers[header[..colon]] = header[(colon + 1)..].Trim();
        }

        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body);
        return new ScriptedRequest(line, headers, body);
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var letter = new byte[1];
        while (await stream.ReadAsync(letter) > 0)
        {
            if (letter[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)letter[0]);
        }

        return null;
    }
}

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">Headers beside length and connection, each as <c>Name: value</c>.</param>
internal sealed record ScriptedAnswer(int Status, byte[] Body, params string[] Headers)
{
    public ScriptedAnswer(int status, string body, params string[] headers)
        : this(status, Encoding.UTF8.GetBytes(body), headers)
    {
    }

    /// <summary>An edit that succeeded: the answer's picture is one of the test pictures.</summary>
    public static ScriptedAnswer Good { get; } = new(
        200,
        $$$"""
        {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png",
        "data":"{{{Convert.ToBase64String(TestPictures.Bytes("plain.png"))}}}"}}]},"finishReason":"STOP"}]}
        """);

    public byte[] ToBytes()
    {
        var head = string.Join("\r\n", [
            $"HTTP/1.1 {Status} Status", $"Content-Length: {Body.Length}", "Connection: close", .. Headers, "", "",
        ]);
        return [.. Encoding.ASCII.GetBytes(head), .. Body];
    }
}
