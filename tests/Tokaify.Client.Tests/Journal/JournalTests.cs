using System.Text;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Journal;

public class JournalTests
{
    private const string Response =
        """{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"«»"}}]}}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1290,"totalTokenCount":1295},"responseId":"r-1"}""";

    [Fact]
    public async Task A_line_has_the_outcome_of_a_request()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var result = await EditAsync(path, Edits.Of(folder, prompt: "Make it \"night\"\u2028."));

        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(2, lines.Length);
        using var json = JsonDocument.Parse(lines[1]);
        var entry = json.RootElement;
        Assert.Equal(3, entry.GetProperty("schemaVersion").GetInt32());
        Assert.EndsWith("Z", entry.GetProperty("time").GetString(), StringComparison.Ordinal);
        Assert.InRange(DateTime.UtcNow - entry.GetProperty("time").GetDateTime(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal("saved", entry.GetProperty("outcome").GetString());
        Assert.Equal(result.SourcePath, entry.GetProperty("sourcePath").GetString());
        Assert.Equal(Digest(result.SourcePath!), entry.GetProperty("sourceSha256").GetString());
        Assert.Equal("Make it \"night\"\u2028.", entry.GetProperty("prompt").GetString());
        Assert.Equal("gemini-2.5-flash-image", entry.GetProperty("model").GetString());
        Assert.Equal("IMAGE", entry.GetProperty("options").GetProperty("generationConfig").GetProperty("responseModalities")[0].GetString());
        Assert.Equal(result.Path, entry.GetProperty("images")[0].GetProperty("path").GetString());
        Assert.Equal(Digest(result.Path!), entry.GetProperty("images")[0].GetProperty("sha256").GetString());
        Assert.Equal(1295, entry.GetProperty("usage").GetProperty("totalTokenCount").GetInt32());
        Assert.Equal(1, entry.GetProperty("attempts").GetInt32());
        Assert.True(entry.GetProperty("duration").GetDouble() >= 0);
        Assert.Equal("r-1", entry.GetProperty("responseId").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("errorId").ValueKind);
        Assert.Matches("^[0-9]+[.][0-9]+[.][0-9]+$", entry.GetProperty("moduleVersion").GetString());
        var request = Assert.Single(entry.GetProperty("requests").EnumerateArray());
        Assert.Equal(result.Requests[0].ClientRequestId, request.GetProperty("clientRequestId").GetString());
        Assert.Equal(200, request.GetProperty("statusCode").GetInt32());

        using var sentJson = JsonDocument.Parse(lines[0]);
        var sent = sentJson.RootElement;
        Assert.Equal("sent", sent.GetProperty("outcome").GetString());
        Assert.Equal(result.Requests[0].ClientRequestId, sent.GetProperty("requests")[0].GetProperty("clientRequestId").GetString());
        Assert.Equal(1, sent.GetProperty("attempts").GetInt32());
        foreach (var field in new[] { "runId", "sourcePath", "sourceSha256", "prompt", "model", "fingerprint" })
        {
            Assert.Equal(entry.GetProperty(field).GetString(), sent.GetProperty(field).GetString());
        }
    }

    [Fact]
    public async Task A_failure_is_a_line_without_the_key()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        await using var server = ScriptedServer.Answering(
            ScriptedResponse.Json(400, $$$"""{"error":{"code":400,"message":"Not with {{{Edits.Key}}}","status":"INVALID_ARGUMENT"}}"""));
        await Assert.ThrowsAsync<TokaifyException>(() => Client(server, path).EditAsync(Edits.Of(folder)));

        Assert.DoesNotContain(Edits.Key, await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await File.ReadAllLinesAsync(path))[1]);
        Assert.Equal("failed", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("InvalidRequest", json.RootElement.GetProperty("errorId").GetString());
        Assert.Contains("Not with ****", json.RootElement.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, JournalIndex.Load(path).Count);
    }

    [Fact]
    public async Task A_saved_source_is_found_again_by_its_bytes_in_any_folder()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var source = folder.Write("a.png", TestImages.Bytes("plain.png"));
        var result = await EditAsync(path, Edits.Of(folder, source));
        var moved = folder.File("b.png");
        File.Move(source, moved);

        var index = JournalIndex.Load(path);
        var found = index.Take(Edits.Of(folder, moved));

        Assert.Equal(ImageEditStatus.Skipped, found!.Status);
        Assert.Equal(result.Path, found.Path);
        Assert.Equal(moved, found.SourcePath);
        Assert.Null(index.Take(Edits.Of(folder, moved)));
    }

    [Fact]
    public async Task A_saved_image_that_no_longer_exists_is_not_in_the_result()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var result = await EditAsync(path, Edits.Of(folder));
        File.Delete(result.Path!);
        Assert.Empty(JournalIndex.Load(path).Take(Edits.Of(folder))!.Images);
    }

    [UnixFact("on Windows, the test would need a share that reports access")]
    public async Task A_saved_image_on_a_share_that_only_the_journal_names_is_not_accessed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var result = await EditAsync(path, Edits.Of(folder));
        // Two slashes begin a share's name on Windows; here they lead to the image.
        var share = "/" + result.Path;
        Assert.True(File.Exists(share));
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(result.Path!, share, StringComparison.Ordinal));

        Assert.Empty(JournalIndex.Load(path).Take(Edits.Of(folder))!.Images);
    }

    [Fact]
    public async Task Each_line_stands_for_one_request()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var first = await EditAsync(path, Edits.Of(folder));
        var second = await EditAsync(path, Edits.Of(folder));

        var index = JournalIndex.Load(path);
        Assert.Equal(2, index.Count);
        Assert.Equal(first.Path, index.Take(Edits.Of(folder))!.Path);
        Assert.Equal(second.Path, index.Take(Edits.Of(folder))!.Path);
        Assert.Null(index.Take(Edits.Of(folder)));
    }

    [Fact]
    public async Task A_result_from_the_journal_has_all_values_of_its_edit()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var edit = Edits.Of(folder) with { Index = 3 };
        edit = edit with { Request = edit.Request with { AspectRatio = "16:9" } };
        await EditAsync(path, edit);

        var found = JournalIndex.Load(path).Take(edit)!;

        Assert.Equal(
            (edit.SourcePath, 3, edit.Request.Prompt, edit.Request.Model, "16:9"),
            (found.SourcePath, found.Index, found.Prompt, found.Model, found.AspectRatio));
    }

    [Fact]
    public void Another_image_prompt_model_or_option_is_another_request()
    {
        var request = new ImageRequest { Prompt = "p", Images = [SourceImage.Inspect(TestImages.Path("plain.png"))] };
        ImageRequest[] requests =
        [
            request,
            request with { Prompt = "q" },
            request with { Model = "gemini-3.1-flash-image-preview" },
            request with { AspectRatio = "16:9" },
            request with { Images = [SourceImage.Inspect(TestImages.Path("alpha.png"))] },
            request with { Images = [request.Images[0], SourceImage.Inspect(TestImages.Path("alpha.png"))] },
            request with { Images = [] },
        ];
        Assert.Distinct(requests.Select(one => RequestFingerprint.Of(one).Value));
        Assert.Equal(RequestFingerprint.Of(request).Value, RequestFingerprint.Of(request with { Model = "models/" + request.Model }).Value);
    }

    [Fact]
    public async Task An_incomplete_line_is_ended_and_skipped()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        await EditAsync(path, Edits.Of(folder));
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, [.. whole, .. whole[^100..^50]]);
        Assert.Equal(1, JournalIndex.Load(path).Count);

        await EditAsync(path, Edits.Of(folder));

        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(5, lines.Length);
        Assert.Equal(4, lines.Count(IsJson));
        Assert.Equal(2, JournalIndex.Load(path).Count);
    }

    [Fact]
    public async Task Invalid_lines_are_skipped()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        await EditAsync(path, Edits.Of(folder));
        var line = (await File.ReadAllLinesAsync(path))[^1];
        await File.WriteAllTextAsync(
            path,
            $"\n# a remark\n[1]\n{{\"outcome\":\"saved\",\"fingerprint\":7}}\n{{\"outcome\":\"saved\",\"fingerprint\":\"short\"}}\n{line}\r\n{line}",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(2, JournalIndex.Load(path).Count);
    }

    [Fact]
    public async Task Parallel_writers_leave_every_line_whole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        var edit = Edits.Of(folder) with { Fingerprint = RequestFingerprint.Of(Edits.Of(folder).Request) };
        var entry = new JournalRecord { Outcome = JournalRecord.Saved, Request = edit.Request, Fingerprint = edit.Fingerprint };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            // One each, as processes have.
            var file = new JournalFile(new JournalPaths(path));
            using var writer = new JournalWriter(path);
            for (var count = 0; count < 10; count++)
            {
                await file.AppendAsync(new PendingLine(entry, writer, CancellationToken.None));
            }
        })));
        Assert.Equal(80, (await File.ReadAllLinesAsync(path)).Count(IsJson));
        Assert.Equal(80, JournalIndex.Load(path).Count);
    }

    [Fact]
    public async Task A_reader_does_not_block_writers()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        await EditAsync(path, Edits.Of(folder));
        using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await EditAsync(path, Edits.Of(folder));
        Assert.Equal(4, (await File.ReadAllLinesAsync(path)).Length);
    }

    [Fact]
    public async Task A_journal_that_fails_during_a_batch_is_reported_once_and_no_image_is_lost()
    {
        using var folder = new TemporaryFolder();
        // A folder has taken its place.
        var path = Directory.CreateDirectory(folder.File("edits.jsonl")).FullName;
        var notices = new List<ClientNotice>();
        await using var server = Server();
        var client = Client(server, path, notices.Add);
        Assert.Equal(ImageEditStatus.Saved, (await client.EditAsync(Edits.Of(folder))).Status);
        Assert.Equal(ImageEditStatus.Saved, (await client.EditAsync(Edits.Of(folder))).Status);
        Assert.Contains(path, Assert.Single(notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_does_not_exist_has_no_entries() =>
        Assert.Equal(0, JournalIndex.Load(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))).Count);

    private static bool IsJson(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Digest(string path) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))).ToLowerInvariant();

    private static async Task<ImageEditResult> EditAsync(string journal, ImageEdit edit)
    {
        await using var server = Server();
        return await Client(server, journal).EditAsync(edit);
    }

    private static ScriptedServer Server() => ScriptedServer.Answering(ScriptedResponse.Json(
        200, Response.Replace("«»", Convert.ToBase64String(TestImages.Bytes("palette.png")), StringComparison.Ordinal)));

    private static TokaifyClient Client(ScriptedServer server, string journal, Action<ClientNotice>? onNotice = null) => Edits.Client(
        server.BaseUri,
        options: new TokaifyClientOptions { Journal = new JournalWriter(journal), OnNotice = onNotice });
}
