using Xunit;

namespace Tokaify.Tests.Http;

public class WarmUpTests
{
    [Fact]
    public async Task Runs_a_request_and_a_response_without_a_network_or_a_file()
    {
        var before = Directory.GetFiles(Environment.CurrentDirectory);

        Assert.Equal(6 * 1024, await WarmUp.RunAsync());

        Assert.Equal(before, Directory.GetFiles(Environment.CurrentDirectory));
    }
}
