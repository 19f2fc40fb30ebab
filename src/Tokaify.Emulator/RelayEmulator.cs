using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tokaify.Emulation;

/// <summary>Emulates the relay's API in this process, on a loopback port. It needs no network and no account, and costs nothing.</summary>
/// <remarks>It follows the relay's documentation, not the client's code, so that it refuses the same requests as the relay. Any client can
/// use it. A key must be sent, but its value does not matter.</remarks>
public sealed class RelayEmulator : IDisposable
{
    private const int PortAttempts = 20;

    // HttpListener is part of every runtime of the module. ASP.NET Core is neither in Windows PowerShell nor in PowerShell 7, and is too
    // large to ship with cmdlets.
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

    /// <summary>The emulator's address, such as <c>http://127.0.0.1:49152/</c>, to use in place of the relay's.</summary>
    public Uri BaseUri { get; }

    /// <summary>The options that it was started with.</summary>
    public EmulatorOptions Options { get; }

    /// <summary>The number of requests that got a response so far, refusals included.</summary>
    public long RequestCount => Interlocked.Read(ref _requestCount);

    /// <summary>The number of edits that got a complete image so far, odd forms included.</summary>
    public long GoodAnswerCount => _log.GoodCount;

    /// <summary>Starts to listen. Returns when requests are accepted.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">A port, a latency, a fault or a rate is invalid.</exception>
    /// <exception cref="HttpListenerException">The requested port is in use, or no free one was found.</exception>
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

    /// <summary>Stops listening, and ends requests in flight without a response.</summary>
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

        // The upper limit is that of Task.Delay.
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

    // On Windows, HttpListener can reset a connection. On no system can it respond before it has read the request.
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
                // Another process took the port after it was found free, so another port is tried.
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

    // HttpListener does not accept port 0, so a socket is used to find a free port.
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
                // The listener was closed, or a client disconnected while it was accepted. IsListening distinguishes the two.
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
                // Logged before it is sent, so that every response that a client has received is in the log.
                _log.Add(ClientConnection.IsOpen(context.Request) ? record : record.Cancelled());
            }

            await ResponseSender.SendAsync(response, requestId, context, _gate, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpListenerException
            or ObjectDisposedException or InvalidOperationException)
        {
            // The emulator is stopping, or the client has disconnected. No response is needed.
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
#pragma warning disable CA1031 // An error of the emulator itself must give the client a response. Otherwise the client would wait.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new RelayError(500, "emulator_failed", error.ToString()).ToResponse(requestId);
        }
    }
}
