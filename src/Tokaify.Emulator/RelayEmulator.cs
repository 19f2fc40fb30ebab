using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tokaify.Emulation;

/// <summary>The relay's API in this process, on a loopback port: no network, no key that costs, no bill.</summary>
/// <remarks>Written against the relay's pages, not against the client, so that it refuses what the relay would.
/// Any client can talk to it; a key must be sent, its value does not matter.</remarks>
public sealed class RelayEmulator : IDisposable
{
    private const int PortAttempts = 20;

    // HttpListener, because it is in the box wherever the module runs: ASP.NET Core is neither in Windows PowerShell
    // nor in PowerShell 7, and a server that cmdlets load must not bring a framework along.
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Relay _relay;
    private readonly ConnectionGate? _gate;
    private readonly EditLog _log;
    private long _requestCount;
    private int _disposed;

    private RelayEmulator(HttpListener listener, ConnectionGate? gate, int port, EmulatorOptions options, EditLog log)
    {
        _listener = listener;
        _gate = gate;
        _log = log;
        BaseUri = AddressOf(port);
        Options = options;
        _relay = new Relay(options);
    }

    /// <summary>The address that takes the place of the relay's, such as <c>http://127.0.0.1:49152/</c>.</summary>
    public Uri BaseUri { get; }

    /// <summary>What it was started with.</summary>
    public EmulatorOptions Options { get; }

    /// <summary>The number of requests answered so far, refusals included.</summary>
    public long RequestCount => Interlocked.Read(ref _requestCount);

    /// <summary>The number of edits answered so far with an image that is whole, odd forms included.</summary>
    public long GoodAnswerCount => _log.GoodCount;

    /// <summary>Starts to listen; returns when requests are taken.</summary>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentException">A port, a latency, a fault or a rate that cannot be.</exception>
    /// <exception cref="HttpListenerException">The port asked for is taken, or no free one was found.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public static RelayEmulator Start(EmulatorOptions? options = null)
    {
        options ??= new EmulatorOptions();
        Check(options);
        var log = new EditLog(options.LogPath);
        try
        {
            var emulator = Listen(options, log);
            _ = Task.Run(emulator.ListenAsync);
            return emulator;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and ends what is in flight without a response.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping.Cancel();
        _gate?.Dispose();
        _listener.Abort();
        _log.Dispose();
    }

    private static void Check(EmulatorOptions options)
    {
        if (options.Port is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"A port is 0 to {ushort.MaxValue}, not {options.Port}.", nameof(options));
        }

        if (options.FaultRate is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"A rate of faults is 0 to 1, not {options.FaultRate}.", nameof(options));
        }

        FaultGroups.Expand(options.Faults);

        // The upper bound is that of Task.Delay.
        if (options.Latency < TimeSpan.Zero || options.Latency.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentException($"A latency is 0 to {int.MaxValue} milliseconds, not {options.Latency}.", nameof(options));
        }
    }

    private static RelayEmulator Listen(EmulatorOptions options, EditLog log)
    {
        if (!NeedsGate(options))
        {
            return new RelayEmulator(Listen(options.Port, out var port), gate: null, port, options, log);
        }

        var listener = Listen(0, out var insidePort);
        try
        {
            var gate = ConnectionGate.Open(options.Port, insidePort);
            return new RelayEmulator(listener, gate, gate.Port, options, log);
        }
        catch
        {
            listener.Close();
            throw;
        }
    }

    // Windows' own listener resets a connection when it is told to. None answers before it has read the request.
    private static bool NeedsGate(EmulatorOptions options)
    {
        var faults = FaultGroups.Expand(options.Faults);
        return faults.Any(fault => fault.IsEarly())
            || (faults.Contains(EmulatorFault.Reset) && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows));
    }

    private static HttpListener Listen(int wantedPort, out int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            port = wantedPort != 0 ? wantedPort : FindFreePort();
            try
            {
                return Listen(port);
            }
            catch (HttpListenerException) when (wantedPort == 0 && attempt < PortAttempts)
            {
                // Another process took the port between the search and the listening: search again.
            }
        }
    }

    private static HttpListener Listen(int port)
    {
        var listener = new HttpListener { IgnoreWriteExceptions = true };
        try
        {
            listener.Prefixes.Add(AddressOf(port).AbsoluteUri);
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Close();
            throw;
        }
    }

    private static Uri AddressOf(int port) => new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), port).Uri;

    // HttpListener takes no port 0, so a socket is asked which port is free.
    private static int FindFreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        try
        {
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        finally
        {
            probe.Stop();
        }
    }

    private async Task ListenAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var context = await _listener.GetContextAsync().ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(context));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener was closed, or a client went away while it was being accepted: the loop's condition tells which.
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            ResponseSender.Prepare(context.Response);
            var requestId = RequestId.New();
            var response = await RespondAsync(context.Request, requestId).ConfigureAwait(false);
            Interlocked.Increment(ref _requestCount);
            if (response.Record is { } record)
            {
                // Before it is sent, so that every response that a client has is in the log.
                _log.Add(ClientConnection.IsOpen(context.Request) ? record : record.Cancelled());
            }

            await ResponseSender.SendAsync(response, requestId, context, _gate, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpListenerException
            or ObjectDisposedException or InvalidOperationException)
        {
            // The emulator stops or the client has gone: there is no one left to answer.
            ResponseSender.Drop(context.Response);
        }
    }

    private async Task<RelayResponse> RespondAsync(HttpListenerRequest incoming, string requestId)
    {
        var request = RelayRequest.OfHead(incoming, requestId);
        try
        {
            if (_relay.RespondEarly(request) is { } early)
            {
                return early;
            }

            request = await request.WithBodyAsync(incoming, Options.MaxRequestBytes, _stopping.Token).ConfigureAwait(false);
            return await _relay.RespondAsync(request, _stopping.Token).ConfigureAwait(false);
        }
        catch (RefusedRequestException refusal)
        {
            return refusal.Error.ToResponse(requestId);
        }
#pragma warning disable CA1031 // A mistake of the emulator's own must reach the caller as a response, not as a hang.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new RelayError(500, "emulator_failed", error.ToString()).ToResponse(requestId);
        }
    }
}
