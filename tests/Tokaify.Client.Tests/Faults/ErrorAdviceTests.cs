using System.Text.Json;

using Xunit;

namespace Tokaify.Tests.Faults;

/// <summary>Advice is data of an error. The program that shows the error words it.</summary>
public sealed class ErrorAdviceTests
{
    private const string Refusal = "{\"error\":{\"message\":\"No such key.\"}}";

    [Fact]
    public async Task A_message_without_advice_is_complete()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(401, Refusal));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal("plain.png: The service refused the key (HTTP 401): No such key.", error.Message);
        Assert.Equal(ErrorAdvice.CheckKey, error.Advice);
    }

    [Theory]
    [InlineData(403, "This token may not use the model x.", ErrorAdvice.ChangeModel, true)]
    [InlineData(403, "This token may not be used here.", ErrorAdvice.CheckKey, false)]
    [InlineData(401, "No key for the model x.", ErrorAdvice.CheckKey, false)]
    public async Task A_refusal_that_names_the_model_is_not_about_the_key(int status, string message, ErrorAdvice advice, bool isOfModel)
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(status, $"{{\"error\":{{\"message\":\"{message}\"}}}}"));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.Unauthorized, (ErrorAdvice?)advice), (error.ErrorId, error.Advice));
        Assert.Equal((isOfModel, false), (error.IsOfModel, error.IsKeyRefused));
    }

    [Fact]
    public async Task The_callers_advice_ends_the_message_and_is_in_the_journal()
    {
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("edits.jsonl"));
        journal.Open();
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(401, Refusal));
        using var caller = new ClientCaller(
            Edits.To(server.BaseUri),
            new TokaifyClientOptions { Journal = journal, WordAdvice = advice => $"Do this: {advice}." });
        caller.Edit = caller.Edit with { Fingerprint = RequestFingerprint.Of(caller.Edit.Request) };

        var error = await caller.FailAsync();

        const string Message = "plain.png: The service refused the key (HTTP 401): No such key. Do this: CheckKey.";
        Assert.Equal(Message, error.Message);
        Assert.Null(journal.Complete());
        using var line = JsonDocument.Parse(TemporaryFolder.LinesOf(folder.File("edits.jsonl"))[^1]);
        Assert.Equal(Message, line.RootElement.GetProperty("errorMessage").GetString());
    }

    [Fact]
    public async Task A_retry_notice_has_the_advice()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(429, Refusal));
        using var caller = new ClientCaller(
            Edits.To(server.BaseUri),
            new TokaifyClientOptions { Retry = Edits.OneRetry, WordAdvice = advice => $"Do this: {advice}." });
        var told = new List<string>();

        await Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync(retry => told.Add(retry.Reason.Message)));

        Assert.Equal("Too many requests (HTTP 429): No such key. Do this: SendFewer.", Assert.Single(told));
    }

    [Fact]
    public async Task If_the_service_names_a_wait_there_is_no_other_advice()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(429, Refusal, "Retry-After: 3600"));
        using var caller = new ClientCaller(
            server.BaseUri, Edits.OneRetry with { MaximumRetryCount = 0 });

        var error = await caller.FailAsync();

        Assert.Null(error.Advice);
        Assert.Contains("The service asks to wait until ", error.Message, StringComparison.Ordinal);
    }
}
