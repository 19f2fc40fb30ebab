using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Tokaify.Tests.Http;

/// <summary>A server on loopback that answers with whatever bytes a script makes of a request.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RecordedRequest, ScriptedAnswer> _script;
    private readonly bool _keepsBodies;
    private int _connectionCount;
    private readonly Task _accepting;

    /// <summary>Starts on a free port.</summary>
    /// <param name="script">Makes the answer to a request.</param>
    /// <param name="keepsBodies">Whether requests are recorded with their bodies, or with their lengths and digests only.</param>
    public ScriptedServer(Func<RecordedRequest, ScriptedAnswer> script, bool keepsBodies = true)
    {
        _script = script;
        _keepsBodies = keepsBodies;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The requests, in the order in which they were whole.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>The same answer to every request.</summary>
    public static ScriptedServer Answering(ScriptedAnswer answer) => new(_ => answer);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>The number of connections that were made so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connectionCount);
                connections.Add(ServeAsync(connection));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var _ = connection;
        try
        {
            var stream = connection.GetStream();
            while (await ReadRequestAsync(stream) is { } request)
            {
                Requests.Enqueue(request);
                var answer = _script(request);
                await answer.WriteAsync(stream, _stop.Token);
                if (answer.ClosesConnection)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task<RecordedRequest?> ReadRequestAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var request = new RecordedRequest(Encoding.Latin1.GetString([.. head]));
        await ReadBodyAsync(stream, request);
        return request;
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';

    private async Task ReadBodyAsync(NetworkStream stream, RecordedRequest request)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var left = request.ContentLength ?? 0; left > 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), _stop.Token);
            if (read == 0)
            {
                throw new IOException("The request was cut off.");
            }

            digest.AppendData(buffer, 0, read);
            if (_keepsBodies)
            {
                body.Write(buffer, 0, read);
            }

            left -= read;
        }

        request.Body = body.ToArray();
        request.BodyDigest = Convert.ToHexString(digest.GetHashAndReset());
    }
}

/// <summary>A request as it came over the wire.</summary>
internal sealed class RecordedRequest(string head)
{
    private readonly string[] _lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Such as <c>POST /v1beta/models HTTP/1.1</c>.</summary>
    public string RequestLine => _lines[0];

    public byte[] Body { get; set; } = [];

    /// <summary>SHA-256, hexadecimal.</summary>
    public string BodyDigest { get; set; } = "";

    public long? ContentLength => Header("Content-Length") is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : null;

    /// <summary>A header's value; null where there is none.</summary>
    public string? Header(string name) => _lines.Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}

/// <summary>An answer, byte by byte as it goes over the wire.</summary>
internal sealed class ScriptedAnswer
{
    private readonly Func<Stream, CancellationToken, Task> _write;

    public ScriptedAnswer(Func<Stream, CancellationToken, Task> write, bool closesConnection = false)
    {
        _write = write;
        ClosesConnection = closesConnection;
    }

    public bool ClosesConnection { get; }

    /// <summary>An answer of known length.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">Further lines of the head.</param>
    public static ScriptedAnswer Of(int status, byte[] body, params string[] headers) =>
        Raw([.. Head(status, [$"Content-Length: {body.Length}", .. headers]), .. body]);

    public static ScriptedAnswer Json(int status, string body, params string[] headers) =>
        Of(status, Encoding.UTF8.GetBytes(body), ["Content-Type: application/json", .. headers]);

    public static ScriptedAnswer Html(int status, string body) => Of(status, Encoding.UTF8.GetBytes(body), "Content-Type: text/html");

    /// <summary>Just these bytes.</summary>
    public static ScriptedAnswer Raw(byte[] bytes, bool closesConnection = false) =>
        new(async (stream, token) => await stream.WriteAsync(bytes, token), closesConnection);

    public static byte[] Head(int status, params string[] headers) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Scripted\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) => _write(stream, cancellationToken);
}
