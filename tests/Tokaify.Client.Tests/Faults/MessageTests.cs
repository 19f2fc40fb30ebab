using Xunit;

namespace Tokaify.Tests.Faults;

/// <summary>The message of an error.</summary>
public sealed class MessageTests
{
    private static readonly string s_base64 = Convert.ToBase64String(new byte[60_000]);

    [Fact]
    public async Task Base64_in_the_services_message_is_left_out()
    {
        var response = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Take [this](data:application/pdf;base64," + s_base64
            + ") instead.\"}]},\"finishReason\":\"STOP\"}]}";

        Assert.Equal(
            "plain.png: The service returned no picture (STOP): Take [this](data:application/pdf;base64,(Base64 left out)) instead. "
            + "Describe the picture more precisely, and try again.",
            await MessageOfAsync(ScriptedResponse.Of(200, response)));
    }

    [Fact]
    public async Task An_endless_message_is_cut()
    {
        var words = string.Join(" ", Enumerable.Repeat("word", 5000));
        var message = await MessageOfAsync(ScriptedResponse.Of(400, "{\"error\":{\"message\":\"" + words + "\"}}"));

        Assert.InRange(message.Length, 1000, 1200);
        Assert.EndsWith("…. Correct the request and try again.", message, StringComparison.Ordinal);
    }

    private static async Task<string> MessageOfAsync(ScriptedResponse response)
    {
        await using var server = new ScriptedServer(_ => response);
        using var caller = new ClientCaller(server.BaseUri);
        return (await caller.FailAsync()).Message;
    }
}
