using System.Text;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Metadata;

/// <summary>Requests whose images are sent without their metadata.</summary>
public class StrippedRequestTests
{
    private const string Secret = "47.3769,8.5417";

    [Fact]
    public async Task The_journal_has_the_digest_of_the_bytes_that_the_server_got()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();
        using var journal = new JournalWriter(folder.File("edits.jsonl"));
        var client = Edits.Client(server.BaseUri, options: new TokaifyClientOptions { Journal = journal });

        await client.EditAsync(Edits.Of(folder, StrippingTests.Request(Photograph(folder, "a.jpg"), Photograph(folder, "b.jpg"))));
        await client.EditAsync(Edits.Of(folder, StrippingTests.Request(Photograph(folder, "a.jpg")) with { StripMetadata = false }));

        var (stripped, whole) = (ImagesOf(server.Requests.First()), ImagesOf(server.Requests.Last()));
        Assert.All(stripped, image => Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(image), StringComparison.Ordinal));
        Assert.Equal(2, stripped.Count);
        Assert.Contains(Secret, Encoding.Latin1.GetString(whole.Single()), StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(folder.File("edits.jsonl"));
        Assert.Equal([Sha256.Of(stripped[0]), Sha256.Of(stripped[0]), null, null], lines.Select(line => Field(line, "sentSha256")));
        Assert.Single(lines.Select(line => Field(line, "sourceSha256")).Distinct());
    }

    [Fact]
    public async Task A_conversation_whose_first_turn_strips_metadata_strips_it_in_all_turns()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();
        var conversation = new Conversation();
        var client = Edits.Client(server.BaseUri);
        await client.EditAsync(Edits.Of(folder, StrippingTests.Request(Photograph(folder, "a.jpg"))) with { Conversation = conversation });
        ConversationFile.Save(conversation, folder.File("c.json"));

        var more = new ImageRequest { Prompt = "More.", Images = [SourceImage.Inspect(Photograph(folder, "b.jpg"))] };
        await client.EditAsync(Edits.Of(folder, more) with { Conversation = ConversationFile.Restore(folder.File("c.json")) });

        Assert.Equal(3, ImagesOf(server.Requests.Last()).Count);
        Assert.All(
            server.Requests.SelectMany(ImagesOf),
            image => Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(image), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_whose_metadata_cannot_be_removed_is_not_sent()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();
        var path = folder.Write("a.png", TestImages.Bytes("truncated.png"));

        var failure = await Assert.ThrowsAsync<TokaifyException>(
            () => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder, StrippingTests.Request(path))));

        Assert.Equal(TokaifyErrorId.UnsupportedImage, failure.ErrorId);
        Assert.Empty(server.Requests);
    }

    private static ScriptedServer Server() => ScriptedServer.Answering(ScriptedResponse.Json(
        200,
        $$$"""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"{{{Convert.ToBase64String(TestImages.Bytes("palette.png"))}}}"}}]}}]}"""));

    private static string Photograph(TemporaryFolder folder, string name)
    {
        var jpeg = TestImages.Bytes("baseline.jpg");
        return folder.Write(name, [.. jpeg.AsSpan(0, 2), 0xFF, 0xFE, 0, (byte)(2 + Secret.Length), .. Encoding.ASCII.GetBytes(Secret), .. jpeg.AsSpan(2)]);
    }

    private static List<byte[]> ImagesOf(RecordedRequest request)
    {
        using var json = JsonDocument.Parse(request.Body);
        return
        [
            .. json.RootElement.GetProperty("contents").EnumerateArray()
                .SelectMany(content => content.GetProperty("parts").EnumerateArray())
                .Where(part => part.TryGetProperty("inline_data", out _))
                .Select(part => part.GetProperty("inline_data").GetProperty("data").GetBytesFromBase64()),
        ];
    }

    private static string? Field(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name).GetString();
    }
}
