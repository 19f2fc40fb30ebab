using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tokaify.Emulation;

/// <summary>A TCP proxy in front of the listener, which can reset a single connection.</summary>
/// <remarks>Outside of Windows, HttpListener always sends headers before it ends a connection. To end a connection without headers, it has
/// to be closed outside of the listener.</remarks>
internal sealed class ConnectionGate : IDisposable
{
    private readonly TcpListener _outside;
    private readonly IPEndPoint _inside;
    private readonly ConcurrentDictionary<int, Passage> _passages = new();
    private volatile bool _isClosed;

    private ConnectionGate(TcpListener outside, IPEndPoint inside)
    {
        _outside = outside;
        _inside = inside;
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_outside.LocalEndpoint).Port;

    /// <param name="port">The port on 127.0.0.1; 0 for a free one.</param>
    /// <param name="insidePort">The port of the listener.</param>
    /// <exception cref="HttpListenerException">The port is in use.</exception>
    public static ConnectionGate Open(int port, int insidePort)
    {
        var outside = new TcpListener(IPAddress.Loopback, port);
        try
        {
            outside.Start();
        }
        catch (SocketException error)
        {
            throw new HttpListenerException(error.ErrorCode, error.Message);
        }

        var gate = new ConnectionGate(outside, new IPEndPoint(IPAddress.Loopback, insidePort));
        _ = Task.Run(gate.AcceptAsync);
        return gate;
    }

    /// <summary>Resets the connection with this address on the listener's side.</summary>
    public void Reset(IPEndPoint remote)
    {
        if (_passages.TryRemove(remote.Port, out var passage))
        {
            passage.Reset();
        }
    }

    /// <summary>Sends a response on the connection with this address on the listener's side, without waiting for the rest of the request,
    /// and closes it.</summary>
    public async Task RespondAsync(IPEndPoint remote, byte[] response, CancellationToken cancellationToken)
    {
        if (_passages.TryRemove(remote.Port, out var passage))
        {
            await passage.RespondAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        _outside.Stop();
        foreach (var passage in _passages.Values)
        {
            passage.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_isClosed)
        {
            try
            {
                var client = await _outside.AcceptTcpClientAsync().ConfigureAwait(false);
                _ = Task.Run(() => PassAsync(client));
            }
            catch (Exception error) when (IsEndOfConnection(error))
            {
                // The gate was closed, or a client disconnected while it was accepted. The loop's condition distinguishes the two.
            }
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var passage = new Passage(client);
        try
        {
            await passage.ConnectAsync(_inside).ConfigureAwait(false);
            _passages[passage.InsidePort] = passage;
            await passage.PumpAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            // One side has disconnected, so the other is closed as well.
        }
        finally
        {
            Forget(passage);
        }
    }

    // Removes the pair, not the key: another connection may use the port now.
    private void Forget(Passage passage) =>
        ((ICollection<KeyValuePair<int, Passage>>)_passages).Remove(new KeyValuePair<int, Passage>(passage.InsidePort, passage));

    private static bool IsEndOfConnection(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or InvalidOperationException;

    /// <summary>One connection, on both sides of the gate.</summary>
    private sealed class Passage(TcpClient outside) : IDisposable
    {
        private readonly TcpClient _inside = new();
        private volatile bool _hasResponded;

        /// <summary>The port by which the listener knows the connection.</summary>
        public int InsidePort { get; private set; }

        public async Task ConnectAsync(IPEndPoint listener)
        {
            outside.NoDelay = _inside.NoDelay = true;
            await _inside.ConnectAsync(listener.Address, listener.Port).ConfigureAwait(false);
            InsidePort = ((IPEndPoint)_inside.Client.LocalEndPoint!).Port;
        }

        public Task PumpAsync() => Task.WhenAll(PumpAsync(outside, _inside), PumpAsync(_inside, outside));

        public void Reset()
        {
            // A linger time of 0 discards unsent data and sends RST. The socket is closed instead of its stream, because closing the stream
            // would shut down the connection first.
            outside.LingerState = new LingerOption(enable: true, seconds: 0);
            outside.Client.Dispose();
            Dispose();
        }

        /// <summary>Closes the inside, sends a response to the client, and closes its connection. Unread data is discarded, so the client's
        /// system gets RST.</summary>
        public async Task RespondAsync(byte[] response, CancellationToken cancellationToken)
        {
            _hasResponded = true;
            _inside.Dispose();
            try
            {
#pragma warning disable CA1835 // The overload over Memory<byte> is not in netstandard2.0.
                await outside.GetStream().WriteAsync(response, 0, response.Length, cancellationToken).ConfigureAwait(false);
#pragma warning restore CA1835
            }
            finally
            {
                outside.Dispose();
            }
        }

        public void Dispose()
        {
            // RespondAsync closes the outside itself, after the response.
            if (!_hasResponded)
            {
                outside.Dispose();
            }

            _inside.Dispose();
        }

        private async Task PumpAsync(TcpClient from, TcpClient to)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream(), 81920, CancellationToken.None).ConfigureAwait(false);
                if (!_hasResponded)
                {
                    to.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch
            {
                // Otherwise the other direction would wait for a side that has disconnected.
                Dispose();
                throw;
            }
        }
    }
}
