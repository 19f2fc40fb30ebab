using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tokaify.Tests;

/// <summary>A server on loopback that responds with the bytes that a script returns for a request.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RecordedRequest, ScriptedResponse?> _script;
    private readonly bool _keepsBodies;
    private readonly Func<Stream, Task<Stream>> _wrap;
    private readonly Action? _onClosed;
    private readonly ConcurrentQueue<TcpClient> _connections = new();
    private readonly ConcurrentQueue<Task> _serving = new();
    private readonly Task _accepting;

    /// <summary>Starts on a free port.</summary>
    /// <param name="script">Creates the response to a request; null ends the connection without one.</param>
    /// <param name="keepsBodies">Whether requests are recorded with their bodies, or with their lengths and digests only.</param>
    /// <param name="wrap">Wraps a connection, for example in TLS; null for no wrapping.</param>
    /// <param name="onClosed">Called when a connection ends.</param>
    public ScriptedServer(
        Func<RecordedRequest, ScriptedResponse?> script, bool keepsBodies = true, Func<Stream, Task<Stream>>? wrap = null, Action? onClosed = null)
    {
        _onClosed = onClosed;
        _script = script;
        _keepsBodies = keepsBodies;
        _wrap = wrap ?? Task.FromResult;
        _listener.Start();
        _accepting = Task.Factory.StartNew(Accept, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri BaseUri => new($"http://127.0.0.1:{Port}/");

    /// <summary>The requests, in the order in which they were complete.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>The same response to every request.</summary>
    public static ScriptedServer Answering(ScriptedResponse response, Action? onClosed = null) => new(_ => response, onClosed: onClosed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections)
        {
            // .NET Framework does not watch a token while it reads from a socket.
            connection.Dispose();
        }

        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    /// <summary>The number of connections that were made so far.</summary>
    public int ConnectionCount => _connections.Count;

    // In a separate thread, because under Wine an asynchronous accept may never end.
    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.AcceptTcpClient();
                _connections.Enqueue(connection);
                _serving.Enqueue(Task.Run(() => ServeAsync(connection)));
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The listener has stopped.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var _ = connection;
        try
        {
            using var stream = await _wrap(connection.GetStream());
            var reader = new RequestReader(stream);
            while (await reader.ReadAsync(_keepsBodies, _stop.Token) is { } request)
            {
                Requests.Enqueue(request);
                if (_script(request) is not { } response)
                {
                    return;
                }

                await response.WriteAsync(stream, _stop.Token);
                if (response.ClosesConnection)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (
            exception is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has disconnected, or the test has ended.
        }
        finally
        {
            _onClosed?.Invoke();
        }
    }
}
