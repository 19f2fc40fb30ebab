using System.Text;
using Tokaify.Tests.Responses;
using Xunit;

namespace Tokaify.Tests.Conversations;

/// <summary>The parts of a response that a conversation keeps, and when it keeps them.</summary>
public class ConversationTests
{
    [Fact]
    public async Task Each_part_is_kept_with_its_signature_in_its_place()
    {
        var parts = await PartsOfAsync(
            """{"text":"a","thoughtSignature":"one"},{"thought_signature":"two","inlineData":{"data":"«palette.png»"}},{"text":"b"}""");

        Assert.Equal(["a one", "picture two", "b -"], parts);
    }

    [Fact]
    public async Task A_signature_is_kept_with_its_escapes_decoded()
    {
        var parts = await PartsOfAsync("""{"text":"a","thoughtSignature":"A\/b\u002bc\u003d\u003d"}""");
        Assert.Equal(["a A/b+c=="], parts);
    }

    [Fact]
    public async Task A_part_is_kept_unchanged_except_for_the_key()
    {
        var parts = await PartsOfAsync(
            $$$"""{"text":"a\u001b[31mb\u202ec\r\n{{{Edits.Key}}}!","thoughtSignature":"A{{{Edits.Key}}}="},{"text":"\u0000","thoughtSignature":"%41\u00e9"}""");

        Assert.Equal(["a\u001B[31mb\u202Ec\r\n****! A****=", "\0 %41é"], parts);
    }

    [Fact]
    public void A_turn_shows_no_control_character() => Assert.Equal(
        "Night: ab\nc",
        new Turn(
            new Message(Roles.User, [new MessagePart("Ni\u001B[1mght", Image: null)]),
            new Message(Roles.Model, [new MessagePart("a\u001B[31mb", Image: null), new MessagePart("\u202Ec", Image: null)])).ToString());

    [Fact]
    public async Task A_signature_of_megabytes_is_kept_whole()
    {
        var signature = new string('Q', 5_000_000);
        var parts = await PartsOfAsync($$"""{"text":"a","thoughtSignature":"{{signature}}"}""");
        Assert.Equal(["a " + signature], parts);
    }

    [Fact]
    public async Task A_signature_longer_than_the_limit_is_an_error()
    {
        var failure = await Assert.ThrowsAsync<TokaifyException>(() =>
            PartsOfAsync($$"""{"text":"a","thoughtSignature":"{{new string('Q', 17 * 1024 * 1024)}}"}"""));
        Assert.Equal(TokaifyErrorId.BadResponse, failure.ErrorId);
    }

    [Theory]
    [InlineData("""{"text":"draft","thought":true,"thoughtSignature":"x"},{"text":"a"}""")]
    [InlineData("""{"thoughtSignature":"x","thought":true,"inlineData":{"data":"«palette.png»"}},{"text":"a"}""")]
    [InlineData("""{"text":"a"},{"text":""},{"inlineData":{"data":""}},{}""")]
    [InlineData("""{"text":"a","thoughtSignature":null}""")]
    public async Task Drafts_and_empty_parts_are_left_out(string parts) => Assert.Equal(["a -"], await PartsOfAsync(parts));

    [Fact]
    public async Task An_empty_text_is_kept_for_its_signature() =>
        Assert.Equal(["a -", " x"], await PartsOfAsync("""{"text":"a"},{"text":"","thoughtSignature":"x"}"""));

    [Fact]
    public async Task An_image_in_a_text_becomes_a_part_of_its_own() => Assert.Equal(
        ["Here:  x", "picture -", "picture y"],
        await PartsOfAsync(
            """{"text":"Here: ![image](data:image/png;base64,«palette.png»)","thoughtSignature":"x"},{"text":"![image](data:image/png;base64,«palette.png»)\n","thoughtSignature":"y"}"""));

    [Fact]
    public async Task Of_several_candidates_the_first_is_kept()
    {
        var json = """{"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"},{"inlineData":{"data":"«palette.png»"}}]}}]}""";
        Assert.Equal(["a -"], await PartsOfResponseAsync(json));
    }

    [Fact]
    public async Task Chunks_of_one_response_are_kept_together()
    {
        var json = """[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"content":{"parts":[{"text":"b","thoughtSignature":"x"}]}}]}]""";
        Assert.Equal(["a -", "b x"], await PartsOfResponseAsync(json));
    }

    [Fact]
    public async Task Without_a_conversation_nothing_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var response = await ReadAsync(folder, Content("""{"text":"a","thoughtSignature":"x"}"""), keepsParts: false);
        Assert.Null(response.Parts);
    }

    [Fact]
    public async Task A_turn_whose_response_has_no_image_is_not_added()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, Content("""{"text":"No."}""")));
        var conversation = new Conversation();

        var failure = await Assert.ThrowsAsync<TokaifyException>(() => TurnAsync(server, folder, conversation));

        Assert.Equal(TokaifyErrorId.NoImageReturned, failure.ErrorId);
        Assert.Empty(conversation.Turns);
    }

    [Fact]
    public async Task After_a_failed_turn_the_next_one_can_start()
    {
        using var folder = new TemporaryFolder();
        var responses = new Queue<ScriptedResponse>([ScriptedResponse.Json(400, "{}"), Image()]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        var conversation = new Conversation();

        await Assert.ThrowsAsync<TokaifyException>(() => TurnAsync(server, folder, conversation));
        await TurnAsync(server, folder, conversation);

        Assert.Equal(["user", "model"], conversation.Messages.Select(message => message.Role));
    }

    [Fact]
    public async Task A_retry_of_a_later_turn_sends_the_same_again()
    {
        using var folder = new TemporaryFolder();
        var responses = new Queue<ScriptedResponse>([Image(), ScriptedResponse.Json(503, "{}"), Image()]);
        await using var server = new ScriptedServer(_ => responses.Dequeue());
        var conversation = new Conversation();
        await TurnAsync(server, folder, conversation);

        await TurnAsync(server, folder, conversation, withSource: false);

        var requests = server.Requests.ToList();
        Assert.Equal(requests[1].Body, requests[2].Body);
        Assert.Equal(2, conversation.Turns.Count);
    }

    [Fact]
    public async Task A_model_with_and_without_its_prefix_is_one_model()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(Image());
        var conversation = new Conversation("models/gemini-2.5-flash-image");

        await TurnAsync(server, folder, conversation);

        Assert.Single(conversation.Turns);
        Assert.Throws<TokaifyException>(() => conversation.ModelFor("gemini-3.1-flash-image-preview"));
    }

    [Fact]
    public async Task A_system_instruction_is_for_the_whole_conversation()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(Image());
        var edit = Edits.Of(folder) with { Conversation = new Conversation(systemInstruction: "Be bold.") };

        var other = edit with { Request = edit.Request with { SystemInstruction = "Be shy." } };
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(other));

        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        Assert.Empty(server.Requests);
    }

    private static ScriptedResponse Image() => ScriptedResponse.Of(
        200, Response.Bytes(Content("""{"inlineData":{"data":"«palette.png»"},"thoughtSignature":"x"}""")), "Content-Type: application/json");

    private static Task<ImageEditResult> TurnAsync(
        ScriptedServer server, TemporaryFolder folder, Conversation conversation, bool withSource = true)
    {
        var edit = Edits.Of(folder) with { Conversation = conversation };
        return Edits.Client(server.BaseUri).EditAsync(withSource ? edit : edit with { Request = edit.Request with { Images = [] } });
    }

    private static string Content(string parts) =>
        $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}],"role":"model"},"finishReason":"STOP"}]}""";

    private static Task<List<string>> PartsOfAsync(string parts) => PartsOfResponseAsync(Content(parts));

    // A line for each part: the text or "image", and the signature or "-". For each way to split the response.
    private static async Task<List<string>> PartsOfResponseAsync(string json)
    {
        using var folder = new TemporaryFolder();
        using var response = await ReadAsync(folder, json, keepsParts: true);
        Assert.All(response.Parts!, part => Assert.True(part.Image is null || response.Images.Contains(part.Image)));
        return [.. response.Parts!.Select(part => $"{(part.Image is null ? part.Text : "picture")} {Decode(part.ThoughtSignature)}")];
    }

    private static string Decode(byte[]? signature) => signature is null ? "-" : Encoding.UTF8.GetString(signature);

    private static async Task<GenerateContentResponse> ReadAsync(TemporaryFolder folder, string json, bool keepsParts)
    {
        using var body = new MemoryStream(Response.Bytes(json));
        return await ResponseReader.ReadAsync(
            body,
            new ResponseHead(200, null, null),
            () => new ImageFolder(folder.Path).BeginImage(1024 * 1024),
            Edits.Errors,
            CancellationToken.None,
            new ReadingOptions { KeepsParts = keepsParts });
    }
}
