using System.Management.Automation;
using Tokaify.Tests;
using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Hosted.Tests;

/// <summary>The connections that a session keeps open, and their end with the session.</summary>
public sealed class ConnectionTests
{
    private const string Key = "sk-key-of-nobody-471108";
    private const string Edit = "Invoke-TokaifyImageEdit 'x' $args[0] -BaseUri $args[1] -ApiKey $args[2] -MaximumRetryCount 0 -ErrorAction Stop; ";
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Commands_of_a_session_share_a_connection_until_it_disconnects()
    {
        var closed = new TaskCompletionSource();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good, onClosed: closed.SetResult);
        using var session = new Session();

        session.Run(Edit + Edit, Arguments(session, server));
        session.Run(Edit, Arguments(session, server));

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(1, server.ConnectionCount);
        Assert.False(closed.Task.IsCompleted);
        session.Run("Disconnect-Tokaify");
        await closed.Task.WaitAsync(s_timeout);
    }

    [Fact]
    public async Task A_session_that_disconnects_leaves_the_connection_to_another()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        using var first = new Session();
        using var second = new Session();
        first.Run(Edit, Arguments(first, server));
        second.Run(Edit, Arguments(second, server));

        first.Run("Disconnect-Tokaify");
        second.Run(Edit, Arguments(second, server));

        Assert.Equal(1, server.ConnectionCount);
    }

    [Theory]
    [InlineData("Disconnect-Tokaify")]
    [InlineData("Remove-Module Tokaify.PowerShell")]
    public async Task A_session_that_ends_does_not_end_anothers_request(string end)
    {
        var received = new TaskCompletionSource();
        var mayRespond = new TaskCompletionSource();
        await using var server = new ScriptedServer(request => IsPrompt(request, "slow")
            ? new ScriptedResponse(async (stream, token) =>
            {
                received.SetResult();
                await mayRespond.Task.WaitAsync(token);
                await ScriptedResponse.Good.WriteAsync(stream, token);
            })
            : ScriptedResponse.Good);
        using var first = new Session();
        using var second = new Session();
        first.Run(Edit, Arguments(first, server));
        using var pipeline = second.Pipeline(Edit.Replace("'x'", "'slow'", StringComparison.Ordinal), Arguments(second, server));
        var running = pipeline.BeginInvoke();
        await received.Task.WaitAsync(s_timeout);

        first.Run(end);
        mayRespond.SetResult();

        Assert.Equal(1, Assert.Single(pipeline.EndInvoke(running)).Properties["Attempts"].Value);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("Connect-Tokaify -BaseUri $args[1] -ApiKey $args[2] -Proxy $args[3] -ProxyCredential $args[4] -AllowUnencryptedAuthentication", "")]
    [InlineData("Connect-Tokaify -BaseUri $args[1] -ApiKey $args[2] -Proxy $args[5] -AllowUnencryptedAuthentication", "")]
    [InlineData("", "-BaseUri $args[1] -ApiKey $args[2] -Proxy $args[3] -ProxyCredential $args[4] -AllowUnencryptedAuthentication")]
    [InlineData("", "-BaseUri $args[1] -ApiKey $args[2] -Proxy $args[5] -AllowUnencryptedAuthentication")]
    public async Task No_static_field_leads_to_the_key_or_a_proxys_password_when_the_session_has_disconnected(string connect, string parameters)
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        using var proxy = new ForwardProxy(server.BaseUri);
        using var session = new Session();
        session.Run(
            $"{connect}; Invoke-TokaifyImageEdit 'x' $args[0] {parameters} -ErrorAction Stop",
            session.Image, "http://relay.test", Secret(Key), proxy.Address,
            new PSCredential(ForwardProxy.UserName, Secret(ForwardProxy.Password)), proxy.AddressWithCredential);
        Assert.StartsWith("200 POST", proxy.Lines[^1], StringComparison.Ordinal);
        Assert.NotEmpty(StaticSecrets.Find(ForwardProxy.Password));

        session.Run("Disconnect-Tokaify");
        Assert.Empty(StaticSecrets.Find(ForwardProxy.Password));
        Assert.Empty(StaticSecrets.Find(Key));
        session.Run("Remove-Module Tokaify.PowerShell");

        Assert.Empty(StaticSecrets.Find(ForwardProxy.Password));
        Assert.Empty(StaticSecrets.Find(Key));
    }

    [Theory]
    [InlineData("Remove-Module Tokaify.PowerShell")]
    [InlineData(null)]
    public void No_static_field_leads_to_them_when_the_session_ends_without_disconnecting(string? end)
    {
        using var session = new Session();
        session.Run(
            "Connect-Tokaify -ApiKey $args[0] -Proxy $args[1]; Invoke-TokaifyImageEdit 'x' $args[2] -MaximumRetryCount 0 -ErrorAction Ignore",
            Secret(Key), $"http://joe:{ForwardProxy.Password}@127.0.0.1:9", session.Image);
        session.Run("Start-TokaifyEmulator");
        Assert.NotEmpty(StaticSecrets.Find(ForwardProxy.Password));
        Assert.NotEmpty(StaticSecrets.Find(Key));

        if (end is null)
        {
            session.Close();
        }
        else
        {
            session.Run(end);
        }

        Assert.Empty(StaticSecrets.Find(ForwardProxy.Password));
        Assert.Empty(StaticSecrets.Find(Key));
    }

    private static object[] Arguments(Session session, ScriptedServer server) => [session.Image, server.BaseUri, Secret(Key)];

    private static bool IsPrompt(RecordedRequest request, string prompt) =>
        System.Text.Encoding.UTF8.GetString(request.Body).Contains($"\"{prompt}\"", StringComparison.Ordinal);

    private static System.Security.SecureString Secret(string text) => new System.Net.NetworkCredential("", text).SecurePassword;
}
