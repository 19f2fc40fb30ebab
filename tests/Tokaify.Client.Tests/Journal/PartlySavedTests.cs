using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>A response with two images, one of which cannot be saved. Both are paid for.</summary>
public class PartlySavedTests
{
    [Theory]
    [InlineData("out.png", "out-2.png")]
    [InlineData("out-2.png", "out.png")]
    public async Task The_result_has_the_saved_image_and_its_error_reports_the_other(string blocked, string saved)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File(blocked));
        await using var server = ScriptedServer.Answering(TwoImages());

        var result = await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder) with { Overwrite = true });

        Assert.Equal(folder.File(saved), Assert.Single(result.Images).Path);
        Assert.Equal(ImageEditStatus.Saved, result.Status);
        Assert.Equal(TokaifyErrorId.SaveFailed, result.Error!.ErrorId);
        Assert.Same(result.Requests[0], result.Error.Requests[0]);
        Assert.True(File.Exists(KeptPath(result.Error)));
        File.Delete(KeptPath(result.Error));
    }

    [Fact]
    public async Task The_journal_has_one_line_saved_with_an_error_id_and_it_is_not_sent_again()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("out-2.png"));
        var path = folder.File("edits.jsonl");
        await using var server = ScriptedServer.Answering(TwoImages());
        var client = Edits.Client(server.BaseUri, options: new TokaifyClientOptions { Journal = new JournalWriter(path) });
        var edit = Edits.Of(folder) with { Overwrite = true };

        var result = await client.EditAsync(edit);

        using var json = JsonDocument.Parse((await File.ReadAllLinesAsync(path)).Single(line => !line.Contains("\"sent\"", StringComparison.Ordinal)));
        Assert.Equal("saved", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("SaveFailed", json.RootElement.GetProperty("errorId").GetString());
        Assert.Equal(result.Error!.Message, json.RootElement.GetProperty("errorMessage").GetString());
        Assert.Equal(folder.File("out.png"), json.RootElement.GetProperty("images")[0].GetProperty("path").GetString());
        Assert.NotNull(JournalIndex.Load(path).Take(edit));
        File.Delete(KeptPath(result.Error));
    }

    [Fact]
    public async Task If_no_image_can_be_saved_the_edit_fails()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("out.png"));
        Directory.CreateDirectory(folder.File("out-2.png"));
        await using var server = ScriptedServer.Answering(TwoImages());

        var error = await Assert.ThrowsAsync<TokaifyException>(
            () => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder) with { Overwrite = true }));

        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
    }

    private static string KeptPath(TokaifyException error) => error.Message.Split('\'')[^2];

    private static ScriptedResponse TwoImages()
    {
        var part = $$$"""{"inlineData":{"mimeType":"image/png","data":"{{{Convert.ToBase64String(TestImages.Bytes("palette.png"))}}}"}}""";
        return ScriptedResponse.Json(200, $$$"""{"candidates":[{"content":{"parts":[{{{part}}},{{{part}}}]},"finishReason":"STOP"}]}""");
    }
}
