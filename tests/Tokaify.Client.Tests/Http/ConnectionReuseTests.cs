using Xunit;

namespace Tokaify.Tests.Http;

public class ConnectionReuseTests
{
    [Fact]
    public async Task One_connection_serves_edit_after_edit_and_client_after_client()
    {
        var picture = Convert.ToBase64String(File.ReadAllBytes(TestPictures.Path("palette.png")));
        await using var server = ScriptedServer.Answering(ScriptedAnswer.Json(
            200, $$$"""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{{picture}}}"}}]}}]}"""));
        using var folder = new TemporaryFolder();
        for (var command = 0; command < 3; command++)
        {
            var client = Edits.Client(server.BaseUri);
            await client.EditAsync(Edits.Of(folder));
            await client.EditAsync(Edits.Of(folder));
        }

        Assert.Equal(6, server.Requests.Count);
        Assert.Equal(1, server.ConnectionCount);
    }
}
