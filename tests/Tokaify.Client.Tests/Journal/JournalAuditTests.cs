using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Who sent what, from which machine, with which version: each line says so by itself.</summary>
public class JournalAuditTests
{
    [Fact]
    public async Task Each_line_names_user_machine_process_version_and_command()
    {
        await using var journal = new JournalFixture();
        var (first, second) = (journal.Open(resumes: false), journal.Open(resumes: false));
        first.PowerShell = "Core 7.6.0";
        await journal.Client(first).EditAsync(journal.Edit("One."));
        first.AppendRefused(new ImageRequest { Prompt = "Two.", Model = "m" }, "/nowhere.png", new TokaifyException(TokaifyErrorId.FileNotFound, "Gone."));
        first.Complete();
        await journal.Client(second).EditAsync(journal.Edit("Three."));

        Assert.Equal([first.Run.Id, second.Run.Id], journal.Lines().Select(line => line.GetProperty("runId").GetGuid()).Distinct());
        Assert.Equal(["saved", "failed", "saved"], journal.Outcomes());
        // A line for each request that was sent: two, but under Wine a response sometimes ends early, and the request is sent again.
        Assert.Equal(3 + journal.Requests, journal.Lines().Count);
        Assert.True(OperatingSystem.IsWindows() || journal.Requests == 2);
        Assert.All(journal.Lines(), line =>
        {
            Assert.EndsWith(Environment.UserName, line.GetProperty("userName").GetString(), StringComparison.Ordinal);
            Assert.Equal(Environment.MachineName, line.GetProperty("machineName").GetString());
            Assert.Equal(Environment.ProcessId, line.GetProperty("processId").GetInt32());
            Assert.Equal(typeof(TokaifyClient).Assembly.GetName().Version!.ToString(3), line.GetProperty("moduleVersion").GetString());
        });
        Assert.All(journal.Lines(), line => Assert.Equal(
            line.GetProperty("runId").GetGuid() == first.Run.Id ? "Core 7.6.0" : null, line.GetProperty("powerShell").GetString()));
        var entry = JournalReader.Read(journal.Path).First();
        Assert.Equal(
            (first.Run.Id, Environment.MachineName, Environment.ProcessId, "Core 7.6.0"),
            (entry.RunId, entry.MachineName, entry.ProcessId, entry.PowerShell));
    }

    [Fact]
    public async Task A_line_has_digests_of_the_prompt_and_of_the_reference_images()
    {
        await using var journal = new JournalFixture();
        string[] images = [TestImages.Path("palette.png"), TestImages.Path("baseline.jpg"), TestImages.Path("plain.png")];
        var edit = Edits.Of(journal.Folder, new ImageRequest { Prompt = "Sunset", Images = [.. images.Select(SourceImage.Inspect)] });
        await journal.Client(journal.Open(resumes: false)).EditAsync(edit);

        Assert.All(journal.Lines(), line =>
        {
            // printf Sunset | sha256sum
            Assert.Equal("275dbda9dedbb4a219a49e2ec4b35d325d3c5929a5ba1474264f09ae3d5492e9", line.GetProperty("promptSha256").GetString());
            Assert.Equal(Sha256.OfFile(images[0]), line.GetProperty("sourceSha256").GetString());
            Assert.Equal(images[1..].Select(Sha256.OfFile), Texts(line, "referenceSha256"));
            Assert.Equal(JsonValueKind.Null, line.GetProperty("referenceSentSha256").ValueKind);
            Assert.Equal(JsonValueKind.Null, line.GetProperty("historySha256").ValueKind);
        });
    }

    [Fact]
    public async Task The_digests_of_stripped_reference_images_are_those_of_the_sent_bytes()
    {
        await using var journal = new JournalFixture();
        string[] images = [TestImages.Path("palette.png"), TestImages.Path("exif-thumbnail.jpg")];
        var edit = Edits.Of(journal.Folder, new ImageRequest { Prompt = "Sunset", StripMetadata = true, Images = [.. images.Select(SourceImage.Inspect)] });
        await journal.Client(journal.Open(resumes: false)).EditAsync(edit);

        var line = journal.Lines()[^1];
        Assert.Equal([Sha256.OfFile(images[1])], Texts(line, "referenceSha256"));
        var sent = Assert.Single(Texts(line, "referenceSentSha256"));
        Assert.Equal(SourceImage.Inspect(images[1]).WithoutMetadata().SentSha256, sent);
        Assert.NotEqual(Sha256.OfFile(images[1]), sent);
    }

    [Fact]
    public async Task A_turn_names_the_image_that_it_continues_from_and_not_its_own_result()
    {
        await using var journal = new JournalFixture();
        var client = journal.Client(journal.Open(resumes: false));
        var conversation = new Conversation();
        var first = await client.EditAsync(journal.Edit("Add a hat.") with { Conversation = conversation });
        var request = new ImageRequest { Prompt = "Smaller." };
        var second = await client.EditAsync(Edits.Of(journal.Folder, request) with { Conversation = conversation });

        Assert.NotEqual(first.Path, second.Path);
        Assert.All(journal.Lines().Skip(2), line =>
        {
            Assert.Equal(first.Path, line.GetProperty("sourcePath").GetString());
            Assert.Equal(Sha256.OfFile(first.Path!), line.GetProperty("sourceSha256").GetString());
            Assert.Equal([Sha256.OfFile(TestImages.Path("palette.png")), Sha256.OfFile(first.Path!)], Texts(line, "historySha256"));
        });
        Assert.Empty(Texts(journal.Lines()[0], "historySha256"));
    }

    [Fact]
    public async Task Lines_of_version_2_are_read_and_resumed()
    {
        await using var journal = new JournalFixture();
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());
        var lines = await File.ReadAllLinesAsync(journal.Path);
        await File.WriteAllTextAsync(journal.Path, string.Concat(lines.Select(line => AsVersion2(line) + "\n")));

        var entry = JournalReader.Read(journal.Path).Last();
        Assert.Equal((null, null, null, null), (entry.UserName, entry.MachineName, entry.ProcessId, entry.PromptSha256));
        Assert.Equal(JournalOutcome.Saved, entry.Outcome);
        Assert.False(entry.IsPromptOmitted);
        Assert.NotNull(journal.Open().FindSaved(journal.Edit()));
    }

    private static string AsVersion2(string line)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(line)!.AsObject();
        json["schemaVersion"] = 2;
        foreach (var field in new[] { "userName", "machineName", "processId", "powerShell", "isPromptOmitted", "promptSha256", "referenceSha256", "referenceSentSha256", "historySha256" })
        {
            Assert.True(json.Remove(field), field);
        }

        return json.ToJsonString();
    }

    private static IEnumerable<string?> Texts(JsonElement line, string field) => line.GetProperty(field).EnumerateArray().Select(each => each.GetString());
}
