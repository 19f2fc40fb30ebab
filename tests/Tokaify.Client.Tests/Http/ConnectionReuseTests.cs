using Xunit;

namespace Tokaify.Tests.Http;

public class ConnectionReuseTests
{
    [Fact]
    public async Task One_connection_serves_edit_after_edit_and_client_after_client()
    {
        var image = Convert.ToBase64String(File.ReadAllBytes(TestImages.Path("palette.png")));
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(
            200, $$$"""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{{image}}}"}}]}}]}"""));
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

    [Fact]
    public async Task Edits_side_by_side_wait_for_no_connection()
    {
        // .NET Framework begins with two for each server.
        const int Count = 12;
        var number = 0;
        var allAreThere = new TaskCompletionSource();
        await using var server = new ScriptedServer(_ => new ScriptedResponse(async (stream, token) =>
        {
            if (Interlocked.Increment(ref number) == Count)
            {
                allAreThere.TrySetResult();
            }

            await allAreThere.Task.WaitAsync(token);
            await ScriptedResponse.Good.WriteAsync(stream, token);
        }));
        using var folder = new TemporaryFolder();
        var client = Edits.Client(server.BaseUri);

        var edits = Enumerable.Range(1, Count).Select(each => client.EditAsync(Edits.Of(folder, prompt: $"{each}"))).ToList();

        await Task.WhenAll(edits).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Count, server.ConnectionCount);
    }
}
