using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tokaify.Emulation;

/// <summary>Stands before the listener and passes connections through to it, so that one of them can be reset.</summary>
/// <remarks>Outside Windows HttpListener sends headers before it ends a connection, whatever it is told: a connection that
/// ends without any has to be ended from outside.</remarks>
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

    /// <summary>The port that it takes connections on.</summary>
    public int Port => ((IPEndPoint)_outside.LocalEndpoint).Port;

    /// <param name="port">On 127.0.0.1; 0 for a free one.</param>
    /// <param name="insidePort">Where the connections go.</param>
    /// <exception cref="HttpListenerException">The port is taken.</exception>
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

    /// <summary>Resets the connection that the listener knows by this address.</summary>
    public void Reset(IPEndPoint remote)
    {
        if (_passages.TryRemove(remote.Port, out var passage))
        {
            passage.Reset();
        }
    }

    /// <summary>Answers on the connection that the listener knows by this address, whatever is still to come on it, and closes it.</summary>
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
                // The gate was closed, or a client went away while it was being let in: the loop's condition tells which.
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
            // Either side has gone, and the other goes with it.
        }
        finally
        {
            Forget(passage);
        }
    }

    // By the pair: another connection may have the port by now.
    private void Forget(Passage passage) =>
        ((ICollection<KeyValuePair<int, Passage>>)_passages).Remove(new KeyValuePair<int, Passage>(passage.InsidePort, passage));

    private static bool IsEndOfConnection(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or InvalidOperationException;

    /// <summary>One connection, on both sides of the gate.</summary>
    private sealed class Passage(TcpClient outside) : IDisposable
    {
        private readonly TcpClient _inside = new();
        private volatile bool _isAnswered;

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
            // Nothing lingers: what is not sent yet is thrown away, and the other side is told so. The socket and not its
            // stream is closed, which would say goodbye first.
            outside.LingerState = new LingerOption(enable: true, seconds: 0);
            outside.Client.Dispose();
            Dispose();
        }

        /// <summary>Ends the inside, sends a response outside, and closes. What is unread then is lost, and the client's system is told so.</summary>
        public async Task RespondAsync(byte[] response, CancellationToken cancellationToken)
        {
            _isAnswered = true;
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
            // Who answers closes behind the response.
            if (!_isAnswered)
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
                if (!_isAnswered)
                {
                    to.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch
            {
                // The other direction would wait for a side that is no longer there.
                Dispose();
                throw;
            }
        }
    }
}
