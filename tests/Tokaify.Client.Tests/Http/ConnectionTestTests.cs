using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Tests.Http;

public class ConnectionTestTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_request_reports_relay_key_and_models()
    {
        await using var server = ScriptedServer.Answering(
            ScriptedResponse.Json(200, """{"models":[{"name":"models/gemini-2.5-flash-image"},{"name":"gpt-9"}]}"""));
        var test = await ConnectionTest.RunAsync(Edits.To(server.BaseUri), s_timeout);

        Assert.True(test.Succeeded);
        Assert.True(test.IsReachable);
        Assert.True(test.IsKeyAccepted);
        Assert.Equal(["gemini-2.5-flash-image"], test.AvailableModels);
        Assert.Equal(ModelCatalog.BuiltIn.Models.Select(model => model.Name).Skip(1), test.MissingModels);
        Assert.Equal(server.BaseUri, test.BaseUri);
        Assert.Null(test.Proxy);
        Assert.Null(test.ErrorId);
        Assert.Equal("****-see", test.ApiKey);
        Assert.Equal("GET /v1beta/models HTTP/1.1", Assert.Single(server.Requests).RequestLine);
    }

    [Theory]
    [InlineData(401, "Unauthorized", false)]
    [InlineData(402, "QuotaExceeded", null)]
    [InlineData(503, "ServiceUnavailable", null)]
    [InlineData(302, "BadResponse", null)]
    public async Task A_failure_is_a_result_and_is_not_retried(int status, string errorId, bool? isKeyAccepted)
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(status, $$$"""{"error":{"message":"No, {{{Edits.Key}}}."}}"""));
        var test = await ConnectionTest.RunAsync(Edits.To(server.BaseUri), s_timeout);

        Assert.False(test.Succeeded);
        Assert.True(test.IsReachable);
        Assert.Equal(isKeyAccepted, test.IsKeyAccepted);
        Assert.Equal(errorId, test.ErrorId);
        Assert.Equal(status, test.StatusCode);
        Assert.NotNull(test.Message);
        Assert.DoesNotContain(Edits.Key, test.Message, StringComparison.Ordinal);
        Assert.Empty(test.AvailableModels);
        Assert.Empty(test.MissingModels);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_relay_that_does_not_exist_is_not_reachable()
    {
        Uri address;
        await using (var server = ScriptedServer.Answering(ScriptedResponse.Never))
        {
            address = server.BaseUri;
        }

        var test = await ConnectionTest.RunAsync(Edits.To(address), s_timeout);

        Assert.False(test.IsReachable);
        Assert.Null(test.IsKeyAccepted);
        Assert.Equal("ConnectionFailed", test.ErrorId);
    }

    [Fact]
    public async Task A_relay_that_does_not_respond_in_time_is_not_reachable()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Never);
        var test = await ConnectionTest.RunAsync(Edits.To(server.BaseUri), TimeSpan.FromSeconds(1));

        Assert.False(test.IsReachable);
        Assert.Equal("Timeout", test.ErrorId);
        Assert.True(test.Duration >= TimeSpan.FromSeconds(0.9));
    }

    [Theory]
    [InlineData("https://gateway.test/v1/@acme/relay", "https://gateway.test/v1/@acme/relay")]
    [InlineData("https://joe:Hunter2@gateway.test/v1?key=x", "https://gateway.test/v1")]
    [InlineData("joe:Hunter2@gateway.test/v1", "gateway.test/v1")]
    public void The_address_of_a_test_names_the_relay_and_no_password(string address, string shown)
    {
        var failure = new TokaifyException(TokaifyErrorId.ApiKeyMissing, "No key.");
        var test = ConnectionTest.Failed(failure, new TokaifyConnection { BaseUri = new Uri(address, UriKind.RelativeOrAbsolute) });

        Assert.Equal(shown, test.BaseUri?.OriginalString);
    }

    [Theory]
    [InlineData("ftp://gateway.test/v1/@acme/relay", "'ftp://gateway.test/v1/@acme/relay'")]
    [InlineData("joe:Hunter2@gateway.test/v1", "'gateway.test/v1'")]
    [InlineData("gateway.test/v1", "'gateway.test/v1'")]
    public void The_error_for_an_address_without_https_names_the_relay_and_no_password(string address, string shown)
    {
        var connection = new TokaifyConnection { BaseUri = new Uri(address, UriKind.RelativeOrAbsolute) };

        Assert.StartsWith(shown, Assert.Throws<TokaifyException>(connection.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_sent()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, "{}"));
        var test = await ConnectionTest.RunAsync(new TokaifyConnection { BaseUri = server.BaseUri }, s_timeout);

        Assert.Equal("ApiKeyMissing", test.ErrorId);
        Assert.Null(test.ApiKey);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Names_the_proxy_but_not_its_user()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, "{}"));
        using var proxy = new ForwardProxy(server.BaseUri);
        var connection = Edits.To(new Uri("http://relay.test")) with
        {
            Proxy = new Uri(proxy.AddressWithCredential),
            AllowUnencryptedAuthentication = true,
        };
        var test = await ConnectionTest.RunAsync(connection, s_timeout);

        Assert.Null(test.Message);
        Assert.Equal(proxy.Address, test.Proxy);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_not_the_relay()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, "{}"));
        using var proxy = new ForwardProxy(server.BaseUri);
        var connection = Edits.To(new Uri("http://relay.test")) with { Proxy = proxy.Address, AllowUnencryptedAuthentication = true };
        var test = await ConnectionTest.RunAsync(connection, s_timeout);

        Assert.False(test.IsReachable);
        Assert.Equal("ConnectionFailed", test.ErrorId);
        Assert.Equal(407, test.StatusCode);
    }

    [Fact]
    public async Task Ends_when_it_is_cancelled()
    {
        await using var server = ScriptedServer.Answering(ScriptedResponse.Never);
        using var stopping = new CancellationTokenSource();
        var test = ConnectionTest.RunAsync(Edits.To(server.BaseUri), TimeSpan.Zero, options: null, stopping.Token);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test);
    }
}
