using System.Net;
using Xunit;

namespace Tokaify.Tests.Http;

/// <summary>Connections are shared, and closed with their last client.</summary>
public class ConnectionLifetimeTests
{
    private const string Password = "password-of-the-proxy-0815";
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    // Clients of other tests do not use this connection.
    private readonly NetworkCredential _ownWay = new(Guid.NewGuid().ToString(), "");

    [Fact]
    public async Task A_client_that_is_disposed_of_leaves_the_connection_to_the_others()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        using var folder = new TemporaryFolder();
        using var second = Client(server.BaseUri);
        using (var first = Client(server.BaseUri))
        {
            await first.EditAsync(Edits.Of(folder));
        }

        await second.EditAsync(Edits.Of(folder));

        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task The_last_client_closes_the_connection()
    {
        var closed = new TaskCompletionSource();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good, onClosed: closed.SetResult);
        using var folder = new TemporaryFolder();
        var client = Client(server.BaseUri);
        await client.EditAsync(Edits.Of(folder));
        Assert.False(closed.Task.IsCompleted);

        client.Dispose();

        await closed.Task.WaitAsync(s_timeout);
    }

    [Fact]
    public async Task A_connection_that_is_kept_serves_client_after_client()
    {
        var closed = new TaskCompletionSource();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good, onClosed: closed.SetResult);
        using var folder = new TemporaryFolder();
        using var connections = new OpenConnections();
        for (var command = 0; command < 3; command++)
        {
            using var client = Client(server.BaseUri);
            connections.Keep(Connection(server.BaseUri));
            await client.EditAsync(Edits.Of(folder));
        }

        Assert.Equal(1, server.ConnectionCount);
        Assert.False(closed.Task.IsCompleted);
        connections.Dispose();
        await closed.Task.WaitAsync(s_timeout);
    }

    [Fact]
    public async Task Releasing_connections_does_not_end_the_request_of_another_client()
    {
        var received = new TaskCompletionSource();
        var mayRespond = new TaskCompletionSource();
        await using var server = ScriptedServer.Answering(new ScriptedResponse(async (stream, token) =>
        {
            received.SetResult();
            await mayRespond.Task.WaitAsync(token);
            await ScriptedResponse.Good.WriteAsync(stream, token);
        }));
        using var folder = new TemporaryFolder();
        using var other = Client(server.BaseUri);
        using var connections = new OpenConnections();
        connections.Keep(Connection(server.BaseUri));
        var edit = other.EditAsync(Edits.Of(folder));
        await received.Task.WaitAsync(s_timeout);

        connections.Dispose();
        connections.Dispose();
        mayRespond.SetResult();

        Assert.Equal(1, (await edit).Attempts);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Clients_that_go_the_same_way_share_their_connections()
    {
        using var lease = HttpTransport.Rent(ByProxy(Password));
        using var same = HttpTransport.Rent(ByProxy(Password));
        using var another = HttpTransport.Rent(ByProxy("another password"));

        Assert.Same(lease.Http, same.Http);
        Assert.NotSame(lease.Http, another.Http);
    }

    [Fact]
    public void No_static_field_leads_to_the_password_of_a_proxy_that_is_no_longer_used()
    {
        var connections = new OpenConnections();
        var client = new TokaifyClient(ByProxy(Password));
        connections.Keep(ByProxy(Password));
        connections.Keep(new TokaifyConnection { Proxy = new Uri($"http://joe:{Password}@other.test:8080") });
        Assert.NotEmpty(StaticSecrets.Find(Password));

        client.Dispose();
        Assert.NotEmpty(StaticSecrets.Find(Password));
        connections.Dispose();

        Assert.Empty(StaticSecrets.Find(Password));
    }

    private TokaifyClient Client(Uri address) => new(Connection(address), new TokaifyClientOptions { Retry = Edits.OneRetry });

    private TokaifyConnection Connection(Uri address) => new()
    {
        BaseUri = address,
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        ProxyCredential = _ownWay,
    };

    private static TokaifyConnection ByProxy(string password) => new()
    {
        ApiKey = ApiKey.FromPlainText(Edits.Key),
        Proxy = new Uri("http://proxy.test:8080"),
        ProxyCredential = new NetworkCredential("joe", password),
    };
}
