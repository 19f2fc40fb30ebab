using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>A journal without prompts: no line holds a text that the user or the service has written.</summary>
public class JournalOmissionTests
{
    private const string Prompt = "Paint the quarterly figures red.";

    [Fact]
    public async Task No_text_of_the_request_is_in_a_line()
    {
        await using var journal = new JournalFixture();
        using var more = JsonDocument.Parse("""{"labels":{"case":"Paint it"},"generationConfig":{"responseSchema":{"description":"figures red"},"imageConfig":{"aspectRatio":"Paint the quarterly figures"}}}""");
        using var tool = JsonDocument.Parse("""{"functionDeclarations":[{"name":"quarterly"}]}""");
        var edit = Edits.Of(journal.Folder, new ImageRequest
        {
            Prompt = Prompt,
            Images = [SourceImage.Inspect(TestImages.Path("palette.png"))],
            SystemInstruction = "Keep the figures secret.",
            Temperature = 0.5,
            ImageSize = "1K",
            Model = "gemini-3-pro-image",
            Tools = [tool.RootElement.Clone()],
            AdditionalProperties = more.RootElement.Clone(),
            SafetySettings = [SafetySetting.Of("Harassment", "OnlyHigh")],
        });
        await journal.Client(Open(journal)).EditAsync(edit);

        var text = await File.ReadAllTextAsync(journal.Path);
        foreach (var word in new[] { "Paint", "figures", "quarterly", "secret" })
        {
            Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
        }

        var line = journal.Lines()[^1];
        Assert.Equal(JsonValueKind.Null, line.GetProperty("prompt").ValueKind);
        Assert.Equal(Sha256.OfText(Prompt), line.GetProperty("promptSha256").GetString());
        var options = line.GetProperty("options");
        Assert.Equal(
            $"sha256:{Sha256.OfText("Keep the figures secret.")}",
            options.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal(0.5, options.GetProperty("generationConfig").GetProperty("temperature").GetDouble());
        Assert.Equal("1K", options.GetProperty("generationConfig").GetProperty("imageConfig").GetProperty("imageSize").GetString());
        Assert.Equal("HARM_CATEGORY_HARASSMENT", options.GetProperty("safetySettings")[0].GetProperty("category").GetString());
    }

    [Fact]
    public async Task An_error_that_repeats_the_prompt_is_recorded_with_its_id_only()
    {
        await using var journal = new JournalFixture();
        journal.Refusal = ScriptedResponse.Json(400, $$$"""{"error":{"code":400,"message":"Not allowed: {{{Prompt}}}","status":"INVALID_ARGUMENT"}}""");
        await Assert.ThrowsAsync<TokaifyException>(() => journal.Client(Open(journal)).EditAsync(journal.Edit(Prompt)));

        Assert.DoesNotContain("quarterly", await File.ReadAllTextAsync(journal.Path), StringComparison.Ordinal);
        var line = journal.Lines()[^1];
        Assert.Equal("InvalidRequest", line.GetProperty("errorId").GetString());
        Assert.Equal("The message was omitted with the prompt.", line.GetProperty("errorMessage").GetString());
    }

    [Theory]
    [InlineData(408, "")]
    [InlineData(504, "")]
    [InlineData(524, "")]
    [InlineData(200, "DEADLINE_EXCEEDED")]
    public async Task The_message_of_a_timeout_that_the_service_reports_is_omitted(int status, string code)
    {
        await using var journal = new JournalFixture();
        journal.Refusal = ScriptedResponse.Json(
            status, $$$"""{"error":{"code":{{{status}}},"message":"Slow: {{{Prompt.Substring(0, 20)}}}","status":"{{{code}}}"}}""");
        await Assert.ThrowsAsync<TokaifyException>(() => journal.Client(Open(journal)).EditAsync(journal.Edit(Prompt)));

        Assert.DoesNotContain("quarterly", await File.ReadAllTextAsync(journal.Path), StringComparison.Ordinal);
        Assert.Equal("Timeout", journal.Lines()[^1].GetProperty("errorId").GetString());
    }

    [Fact]
    public async Task The_message_of_the_modules_own_time_limit_stays()
    {
        await using var journal = new JournalFixture();
        journal.Refusal = ScriptedResponse.Never;
        var retry = Edits.OneRetry with { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.FromMilliseconds(200) };
        await Assert.ThrowsAsync<TokaifyException>(() => journal.Client(Open(journal), retry).EditAsync(journal.Edit(Prompt)));

        Assert.StartsWith("The attempt took longer", journal.Lines()[^1].GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_of_an_image_that_is_not_saved_is_omitted_if_it_has_its_link()
    {
        await using var journal = new JournalFixture();
        var writer = Open(journal);
        var errors = new LinkErrors("https://relay.test/quarterly-figures.png", requestId: null, Edits.Errors);
        var (notSaved, failed) = (Errors(), errors.Of("gone"));
        writer.AppendRefused(new ImageRequest { Prompt = Prompt, Model = "m" }, sourcePath: null, errors.NotSaved(notSaved));
        var joined = new TokaifyException(TokaifyErrorId.SaveFailed, $"{notSaved.Message} {failed.Message}", notSaved);
        writer.AppendRefused(new ImageRequest { Prompt = Prompt, Model = "m" }, sourcePath: null, joined);
        writer.AppendRefused(new ImageRequest { Prompt = Prompt, Model = "m" }, sourcePath: null, Errors());
        writer.Complete();

        const string Omitted = "The message was omitted with the prompt.";
        Assert.Equal([Omitted, Omitted, Errors().Message], journal.Lines().Select(line => line.GetProperty("errorMessage").GetString()));

        static TokaifyException Errors() => TokaifyErrors.SaveFailed("/images", new IOException("No space left on device."));
    }

    [Fact]
    public async Task A_request_that_is_refused_before_it_is_sent_has_the_modules_message_without_the_prompt()
    {
        await using var journal = new JournalFixture();
        var writer = Open(journal);
        var request = new ImageRequest { Prompt = Prompt, Model = "m" };
        Refuse(TokaifyErrorId.FileNotFound, "'/a.png' is not there.");
        Refuse(TokaifyErrorId.FileNotFound, $"'{Prompt}' is not there.");
        Refuse(TokaifyErrorId.InvalidArgument, "'Paint it' is no ratio.");
        writer.Complete();

        Assert.Equal(
            ["'/a.png' is not there.", "The message was omitted with the prompt.", "The message was omitted with the prompt."],
            journal.Lines().Select(line => line.GetProperty("errorMessage").GetString()));

        void Refuse(TokaifyErrorId id, string message) =>
            writer.AppendRefused(request, sourcePath: null, new TokaifyException(id, message) { Subject = Prompt });
    }

    [Theory]
    [InlineData("Paint it\u200F red.")]
    [InlineData("Paint it\r\nred.\r\n")]
    [InlineData("Paint it\tred.")]
    [InlineData("\x1B[1mPaint it red.\x1B[0m")]
    public async Task A_prompt_with_control_characters_is_found_in_a_message(string prompt)
    {
        await using var journal = new JournalFixture();
        var writer = Open(journal);
        foreach (var quoted in new[] { prompt, TextSanitizer.For().Line(prompt) })
        {
            writer.AppendRefused(
                new ImageRequest { Prompt = prompt, Model = "m" }, sourcePath: null, new TokaifyException(TokaifyErrorId.FileNotFound, $"'{quoted}' is not there."));
        }

        writer.Complete();
        Assert.All(journal.Lines(), line => Assert.Equal("The message was omitted with the prompt.", line.GetProperty("errorMessage").GetString()));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_saved_request_is_left_out_whether_prompts_are_omitted_or_not(bool before, bool after)
    {
        await using var journal = new JournalFixture();
        using (var writer = journal.Open())
        {
            writer.OmitsPrompt = before;
            await journal.Client(writer).EditAsync(journal.Edit(Prompt));
        }

        var later = journal.Open();
        later.OmitsPrompt = after;
        Assert.NotNull(later.FindSaved(journal.Edit(Prompt)));
        Assert.Null(later.FindSaved(journal.Edit("Another.")));
        Assert.Equal(!before, (await File.ReadAllTextAsync(journal.Path)).Contains(Prompt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_request_is_found_again_by_its_error_id()
    {
        await using var journal = new JournalFixture();
        journal.Refusal = ScriptedResponse.Json(400, """{"error":{"code":400,"message":"No.","status":"INVALID_ARGUMENT"}}""");
        using (var writer = Open(journal))
        {
            await Assert.ThrowsAsync<TokaifyException>(() => journal.Client(writer).EditAsync(journal.Edit(Prompt)));
        }

        Assert.Equal(TokaifyErrorId.InvalidRequest, journal.Open().FindRefused(journal.Edit(Prompt))?.Error?.ErrorId);
    }

    [Fact]
    public async Task An_entry_says_that_its_prompt_is_omitted_and_cannot_be_sent_again()
    {
        await using var journal = new JournalFixture();
        await journal.Client(Open(journal)).EditAsync(journal.Edit(Prompt));

        var entry = JournalReader.Read(journal.Path).Last();
        Assert.True(entry.IsPromptOmitted);
        Assert.Null(entry.Prompt);
        Assert.Equal(Sha256.OfText(Prompt), entry.PromptSha256);
        var error = Assert.Throws<TokaifyException>(() => entry.ToRequest());
        Assert.Contains("Its prompt was omitted.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_line_of_a_refused_request_is_found_whether_its_prompt_is_omitted_or_not()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        foreach (var omits in new[] { false, true })
        {
            using var writer = new JournalWriter(path) { OmitsPrompt = omits };
            writer.AppendRefused(
                new ImageRequest { Prompt = Prompt, Model = "m" }, sourcePath: "/a.png", new TokaifyException(TokaifyErrorId.FileNotFound, "Gone."));
            writer.Complete();
        }

        var latest = new LatestEntries();
        latest.Add(path);
        Assert.True(Assert.Single(latest.Read()).IsPromptOmitted);
    }

    private static JournalWriter Open(JournalFixture journal)
    {
        var writer = journal.Open(resumes: false);
        writer.OmitsPrompt = true;
        return writer;
    }
}
