using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Responses;

/// <summary>The sources of a search that come with an image.</summary>
public class GroundingTests
{
    private const string Metadata =
        """
        "groundingMetadata":{"webSearchQueries":["lighthouse"],
          "searchEntryPoint":{"renderedContent":"<div>\n<a href=\"https://www.google.com/search?q=lighthouse\">lighthouse</a></div>"},
          "groundingChunks":[
            {"web":{"uri":"https://example.com/a","title":"A page"}},
            {"image":{"uri":"https://example.com/b","title":"An image","imageUri":"https://example.com/b.png","domain":"example.com"}},
            {"maps":{"uri":"https://example.com/c"}},
            {"web":{}}],
          "groundingSupports":[{"groundingChunkIndices":[0],"segment":{"text":"x"}}]}
        """;

    private const string Image = """{"inlineData":{"data":"«palette.png»"}}""";

    [Fact]
    public async Task A_result_and_its_line_in_the_journal_name_them()
    {
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("edits.jsonl"));
        var result = await EditAsync(Edits.Of(folder), Metadata, journal);

        Assert.Equal(
            [
                new GroundingSource("A page", "https://example.com/a", null),
                new GroundingSource("An image", "https://example.com/b", "https://example.com/b.png"),
                new GroundingSource(null, "https://example.com/c", null),
            ],
            result.Sources);
        Assert.Equal("<div>\n<a href=\"https://www.google.com/search?q=lighthouse\">lighthouse</a></div>", result.SearchEntryPoint);
        using var line = JsonDocument.Parse((await File.ReadAllLinesAsync(folder.File("edits.jsonl")))[^1]);
        Assert.Equal(3, line.RootElement.GetProperty("sources").GetArrayLength());
        Assert.Equal("https://example.com/b.png", line.RootElement.GetProperty("sources")[1].GetProperty("imageUri").GetString());
        Assert.Equal(result.SearchEntryPoint, line.RootElement.GetProperty("searchEntryPoint").GetString());
    }

    [Fact]
    public async Task A_conversation_keeps_them_and_does_not_send_them()
    {
        using var folder = new TemporaryFolder();
        var conversation = new Conversation();
        await EditAsync(Edits.Of(folder) with { Conversation = conversation }, Metadata);
        ConversationFile.Save(conversation, folder.File("c.json"));

        var restored = ConversationFile.Restore(folder.File("c.json")).Turns[0];

        Assert.Equal(3, restored.GroundingSources.Count);
        Assert.Equal(conversation.Turns[0].GroundingSources, restored.GroundingSources);
        Assert.Equal(conversation.Turns[0].SearchEntryPoint, restored.SearchEntryPoint);
        Assert.Equal(2, restored.Response.Parts.Count + restored.Question.Parts.Count - 1);
    }

    [Fact]
    public async Task Without_a_search_there_are_no_sources_and_the_journal_has_no_field_for_them()
    {
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("edits.jsonl"));
        var result = await EditAsync(Edits.Of(folder), "\"index\":0", journal);

        Assert.Empty(result.Sources);
        Assert.Null(result.SearchEntryPoint);
        Assert.DoesNotContain("sources", await File.ReadAllTextAsync(folder.File("edits.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_and_control_characters_are_removed()
    {
        using var folder = new TemporaryFolder();
        var metadata = $$$"""
            "groundingMetadata":{"searchEntryPoint":{"renderedContent":"<b>{{{Edits.Key}}}</b>\u001b[31m"},
              "groundingChunks":[{"web":{"title":"a\u202eb{{{Edits.Key}}}","uri":"https://example.com/?key={{{Edits.Key}}}"}}]}
            """;
        var result = await EditAsync(Edits.Of(folder), metadata);

        var said = $"{result.SearchEntryPoint} {result.Sources.Single().Title} {result.Sources.Single().Uri}";
        Assert.DoesNotContain(Edits.Key, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001B', said);
        Assert.DoesNotContain('\u202E', said);
    }

    [Theory]
    [InlineData(""" "groundingMetadata":null """)]
    [InlineData(""" "groundingMetadata":{"groundingChunks":"x","searchEntryPoint":7} """)]
    [InlineData(""" "groundingMetadata":{"groundingChunks":[null,1,[],{"web":null},{"web":"x"}],"searchEntryPoint":{"renderedContent":null}} """)]
    public async Task Values_of_another_kind_are_skipped(string metadata)
    {
        using var folder = new TemporaryFolder();
        var result = await EditAsync(Edits.Of(folder), metadata);
        Assert.Empty(result.Sources);
        Assert.NotNull(result.Path);
    }

    [Fact]
    public async Task Values_over_a_limit_are_left_out_and_the_image_is_saved()
    {
        using var folder = new TemporaryFolder();
        var chunk = """{"web":{"title":"t","uri":"https://example.com/a"}}""";
        var metadata = $$$"""
            "groundingMetadata":{"searchEntryPoint":{"renderedContent":"{{{new string('x', 2_000_000)}}}"},
              "groundingChunks":[{"web":{"title":"{{{new string('y', 2_000_000)}}}","uri":"https://{{{new string('z', 2_000_000)}}}"}}
              {{{string.Concat(Enumerable.Repeat("," + chunk, 10_000))}}}]}
            """;
        var result = await EditAsync(Edits.Of(folder), metadata);

        Assert.NotNull(result.Path);
        Assert.Null(result.SearchEntryPoint);
        Assert.Equal(GroundingReader.MostSources, result.Sources.Count);
        Assert.Null(result.Sources[0].Uri);
        Assert.InRange(result.Sources[0].Title!.Length, 1, 1100);
    }

    private static async Task<ImageEditResult> EditAsync(ImageEdit edit, string metadata, JournalWriter? journal = null)
    {
        var response = Response.Bytes($$$"""{"candidates":[{"content":{"parts":[{{{Image}}}]},{{{metadata}}}}]}""");
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, response, "Content-Type: application/json"));
        return await Edits.Client(server.BaseUri, options: new TokaifyClientOptions { Journal = journal }).EditAsync(edit);
    }
}
