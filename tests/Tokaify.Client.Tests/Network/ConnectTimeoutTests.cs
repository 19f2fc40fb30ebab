using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>A connection that is never established. The transport then cancels itself, which is not a cancellation by the user.</summary>
public sealed class ConnectTimeoutTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(100);

    // Each row is a place where connecting may hang.
    private static readonly Dictionary<string, Func<Uri, TokaifyConnection>> s_places = new()
    {
        ["the TLS handshake"] = silent => Connection(new UriBuilder(silent) { Scheme = "https" }.Uri),
        ["the tunnel through a proxy"] = silent => Connection(new Uri("https://relay.test/")) with { Proxy = silent },
    };

    public static TheoryData<string> Places => [.. s_places.Keys];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_is_an_attempt_that_is_tried_again_and_a_failed_connection(string place)
    {
        using var silent = new SilentServer();
        await FailsAsync(s_places[place](silent.Address));
    }

    [Fact]
    public async Task A_socket_that_accepts_no_connection_is_the_same()
    {
        using var full = await FullListener.TryStartAsync();
        if (full is null)
        {
            // This system refuses the connection, while others wait.
            Assert.True(OperatingSystem.IsWindows());
            return;
        }

        await FailsAsync(Connection(full.Address));
    }

    [Fact]
    public async Task It_has_its_line_in_the_journal()
    {
        using var silent = new SilentServer();
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("journal.jsonl"));
        journal.Open();
        using var caller = new ClientCaller(
            s_places["the TLS handshake"](silent.Address), new TokaifyClientOptions { Retry = Edits.OneRetry, Journal = journal });
        await caller.FailAsync();

        using var line = JsonDocument.Parse(File.ReadAllLines(folder.File("journal.jsonl"))[^1]);
        Assert.Equal("ConnectionFailed", line.RootElement.GetProperty("errorId").GetString());
        Assert.Equal(2, line.RootElement.GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_list_of_models_fails_as_an_edit_does()
    {
        using var silent = new SilentServer();
        using var caller = new ClientCaller(s_places["the TLS handshake"](silent.Address));

        var error = await Assert.ThrowsAsync<TokaifyException>(() => caller.Client.ListModelsAsync());

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2), (error.ErrorId, error.Attempts));
    }

    [Fact]
    public async Task A_user_who_cancels_meanwhile_has_cancelled()
    {
        using var silent = new SilentServer();
        using var caller = new ClientCaller(s_places["the TLS handshake"](silent.Address) with { ConnectTimeout = TimeSpan.FromMinutes(1) });
        using var cancellation = new CancellationTokenSource();

        var edit = caller.EditAsync(cancellationToken: cancellation.Token);
        await silent.Request;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
    }

    private static async Task FailsAsync(TokaifyConnection connection)
    {
        using var caller = new ClientCaller(connection);
        var notices = 0;

        var error = await Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync(_ => notices++));

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2, 1), (error.ErrorId, error.Attempts, notices));
        Assert.Contains("ConnectTimeout", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    private static TokaifyConnection Connection(Uri address) => new()
    {
        BaseUri = address,
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        ConnectTimeout = s_soon,
    };

    /// <summary>A listener whose queue is full.</summary>
    private sealed class FullListener : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _connections = [];

        private FullListener()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
        }

        public Uri Address { get; }

        /// <summary>Fills the queue; null if the system refuses further connections instead.</summary>
        public static async Task<FullListener?> TryStartAsync()
        {
            var full = new FullListener();
            for (var count = 0; count < 64; count++)
            {
                var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                full._connections.Add(connection);
                using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                try
                {
                    await connection.ConnectAsync((IPEndPoint)full._listener.LocalEndPoint!, timeout.Token);
                }
                catch (OperationCanceledException)
                {
                    return full;
                }
                catch (SocketException)
                {
                    break;
                }
            }

            full.Dispose();
            return null;
        }

        public void Dispose()
        {
            _connections.ForEach(connection => connection.Dispose());
            _listener.Dispose();
        }
    }
}
