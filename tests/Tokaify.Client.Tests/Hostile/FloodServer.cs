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

    private readonly TaskCompletionSource _hasSentMuch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedServer _server;
    private readonly Flood _flood;

    public FloodServer(Flood flood)
    {
        _flood = flood;
        _server = new ScriptedServer(_ => new ScriptedResponse(SendAsync), keepsBodies: false);
    }

    public Uri BaseUri => _server.BaseUri;

    public int RequestCount => _server.Requests.Count;

    /// <summary>Completes when a large part has been read.</summary>
    public Task HasSentMuch => _hasSentMuch.Task;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_flood.Beginning, cancellationToken);
        byte[] block = [.. Enumerable.Repeat(_flood.Repeated, Math.Max(1, 16 * 1024 / _flood.Repeated.Length)).SelectMany(bytes => bytes)];
        for (var sent = 0L; ; sent += block.Length)
        {
            await stream.WriteAsync(block, cancellationToken);
            if (sent > Much)
            {
                _hasSentMuch.TrySetResult();
            }
        }
    }
}
