using System.Text;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>The entries that users read from journals.</summary>
public sealed class JournalReaderTests : IDisposable
{
    private static readonly string s_first = new('a', 64);
    private static readonly string s_second = new('b', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_entry_has_the_values_that_were_written()
    {
        await using var journal = new JournalFixture();
        var edit = journal.Edit("Make it night.");
        ImageEditResult result;
        using (var writer = journal.Open())
        {
            result = await journal.Client(writer).EditAsync(edit);
        }

        var entries = JournalReader.Read(journal.Path).ToList();

        Assert.Equal([JournalOutcome.Sent, JournalOutcome.Saved], entries.Select(entry => entry.Outcome));
        var saved = entries[1];
        Assert.Equal(
            (journal.Path, result.SourcePath, "Make it night.", result.Model, result.ResponseId, 1),
            (saved.JournalPath, saved.SourcePath, saved.Prompt, saved.Model, saved.ResponseId, saved.Attempts));
        Assert.Equal(DateTimeKind.Utc, saved.Time.Kind);
        Assert.InRange(DateTime.UtcNow - saved.Time, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Assert.Equal([result.Path], saved.Images.Select(image => image.Path));
        Assert.Equal(Sha256.OfFile(result.Path!), saved.Images[0].Sha256);
        Assert.Equal([result.Requests[0].ClientRequestId], saved.Requests.Select(request => request.ClientRequestId));
        Assert.Equal(entries[0].Fingerprint, saved.Fingerprint);
        Assert.Equal(entries[0].RunId, saved.RunId);
    }

    [Fact]
    public void Values_of_another_kind_count_as_missing()
    {
        var path = Write("""
            {"outcome":"failed","time":7,"runId":"x","sourcePath":[],"prompt":{},"model":null,"options":"1:1","images":{},
            "usage":[],"cost":"much","attempts":"1","requests":[7,"x"],"duration":-1,"index":1.5,"isTurn":"yes","referencePaths":"a"}
            """.ReplaceLineEndings(""));

        var entry = Assert.Single(JournalReader.Read(path));

        Assert.Equal(JournalOutcome.Failed, entry.Outcome);
        Assert.Equal((default(DateTime), default(TimeSpan), 0), (entry.Time, entry.Duration, entry.Attempts));
        Assert.All(
            new object?[]
            {
                entry.RunId, entry.SourcePath, entry.Prompt, entry.Model, entry.Options, entry.AspectRatio, entry.Usage, entry.Cost, entry.Index,
                entry.IsTurn, entry.ReferencePaths,
            },
            Assert.Null);
        Assert.Empty(entry.Images);
        Assert.Empty(entry.Requests);
    }

    [Fact]
    public void Lines_that_are_not_journal_lines_are_skipped()
    {
        var path = Write("", "# a remark", "[1]", """{"outcome":"other"}""", """{"outcome":"saved","prompt":"One"}""", """{"outcome":"saved","pro""");

        Assert.Equal(["One"], JournalReader.Read(path).Select(entry => entry.Prompt));
    }

    [Theory]
    [InlineData("""{"outcome":"saved","prompt":"\ud800"}""")]
    [InlineData("""{"outcome":"saved","images":[{"path":"\ud800"}]}""")]
    [InlineData("""{"outcome":"saved","options":{"generationConfig":{"imageConfig":{"aspectRatio":"\ud800"}}}}""")]
    public void Lines_with_half_of_a_surrogate_pair_are_skipped(string line)
    {
        var path = Write(line, """{"outcome":"saved","prompt":"One"}""");

        Assert.Equal(["One"], JournalReader.Read(path).Select(entry => entry.Prompt));
        Assert.False(new JournalLine().Read(Encoding.UTF8.GetBytes(line)));
        Assert.Empty(JournalLine.ImagePaths(Encoding.UTF8.GetBytes(line)));
    }

    [Theory]
    [InlineData("""{"labels":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void An_entry_whose_options_have_half_of_a_surrogate_pair_cannot_be_sent_again(string options)
    {
        var entry = new JournalEntry
        {
            Model = "m",
            Prompt = "x",
            Options = options,
            Folder = "/a",
            NameTemplate = "b",
            Variations = 1,
            IsTurn = false,
            StripsMetadata = false,
            ReferencePaths = [],
        };

        Assert.Equal(TokaifyErrorId.InvalidArgument, Assert.Throws<TokaifyException>(() => entry.ToRequest()).ErrorId);
    }

    [Fact]
    public void A_missing_journal_is_an_error()
    {
        var error = Assert.Throws<TokaifyException>(() => JournalReader.Read(_folder.File("none.jsonl")).ToList());

        Assert.Equal(TokaifyErrorId.FileNotFound, error.ErrorId);
    }

    [Fact]
    public void A_journal_in_UTF_16_is_an_error()
    {
        var path = _folder.File("edits.jsonl");
        File.WriteAllText(path, """{"outcome":"saved"}""", Encoding.Unicode);

        var error = Assert.Throws<TokaifyException>(() => JournalReader.Read(path).ToList());

        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains("UTF-16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_entry_of_each_request_is_the_latest_of_all_journals()
    {
        var latest = new LatestEntries();
        latest.Add(Write(Line(s_first, time: 2, "newer"), Line(s_second, time: 1, "only")));
        latest.Add(Write(Line(s_first, time: 1, "older"), Line(s_first, time: 1, "variation", index: 2)));

        Assert.Equal(["newer", "only", "variation"], latest.Read().Select(entry => entry.ErrorMessage));
    }

    [Fact]
    public void A_request_that_was_refused_before_it_was_built_is_replaced_by_one_that_was_built()
    {
        const string Refused = """{"outcome":"failed","time":"2026-01-01T00:00:01Z","sourcePath":"/a","prompt":"x","model":"m","errorMessage":"refused"}""";
        var other = Refused.Replace("/a", "/b", StringComparison.Ordinal);
        var latest = new LatestEntries();
        latest.Add(Write(Refused, other, Line(s_first, time: 2, "built")));

        Assert.Equal([("/b", "refused"), ("/a", "built")], latest.Read().Select(entry => (entry.SourcePath, entry.ErrorMessage)));
    }

    private static string Line(string fingerprint, int time, string message, int index = 1) =>
        $$"""
        {"outcome":"failed","time":"2026-01-01T00:00:0{{time}}Z","fingerprint":"{{fingerprint}}","index":{{index}},"sourcePath":"/a","prompt":"x",
        "model":"m","errorMessage":"{{message}}"}
        """.ReplaceLineEndings("");

    private string Write(params string[] lines)
    {
        var path = _folder.File($"{Guid.NewGuid():N}.jsonl");
        File.WriteAllText(path, string.Join('\n', lines));
        return path;
    }
}
