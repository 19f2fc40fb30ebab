using Xunit;

namespace Tokaify.Tests.Models;

public class RetirementTests
{
    private static readonly ImageModel s_model = new() { Name = "old", RetiresOn = new DateTime(2026, 6, 25), Replacement = "new" };

    [Theory]
    [InlineData(24, false)]
    [InlineData(25, false)]
    [InlineData(26, true)]
    public void A_model_is_retired_once_its_day_is_past(int day, bool isRetired) =>
        Assert.Equal(isRetired, s_model.IsRetiredOn(new DateTime(2026, 6, day, 23, 59, 0)));

    [Fact]
    public void A_day_that_is_only_the_earliest_retires_nothing()
    {
        Assert.False((s_model with { RetiresOnIsEarliest = true }).IsRetiredOn(new DateTime(2030, 1, 1)));
        Assert.False((s_model with { RetiresOn = null }).IsRetiredOn(new DateTime(2030, 1, 1)));
    }

    [Fact]
    public void An_announced_retirement_is_a_sentence()
    {
        var before = new DateTime(2026, 6, 1);
        Assert.Equal("old is shut down upstream on 2026-06-25; its replacement is new.", s_model.DescribeRetirement(before));
        Assert.Equal("old was shut down upstream on 2026-06-25; its replacement is new.", s_model.DescribeRetirement(new DateTime(2026, 7, 1)));
        Assert.Equal(
            "old is shut down upstream on 2026-06-25 at the earliest.",
            (s_model with { RetiresOnIsEarliest = true, Replacement = null }).DescribeRetirement(before));
        Assert.Equal("old is replaced by new.", (s_model with { RetiresOn = null }).DescribeRetirement(before));
        Assert.Null(new ImageModel { Name = "old" }.DescribeRetirement(before));
    }

    [Fact]
    public async Task The_error_for_a_missing_model_names_its_replacement_and_the_models_that_the_relay_lists()
    {
        using var folder = new TemporaryFolder();
        await using var server = new ScriptedServer(request => request.RequestLine.StartsWith("GET /v1beta/models ", StringComparison.Ordinal)
            ? ScriptedResponse.Json(200, """{"models":[{"name":"models/gemini-3-pro-image"},{"name":"gpt-9"},{"name":"my-banana"},{"name":"an-image-model"}]}""")
            : ScriptedResponse.Json(404, """{"error":{"message":"no such model"}}"""));
        using var client = Edits.Client(server.BaseUri);
        var edit = Edits.Of(folder, Edits.Of(folder).Request with { Model = "gemini-3-pro-image-preview" });
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(edit));
        const string Replacement = "gemini-3-pro-image-preview was shut down upstream on 2026-06-25; its replacement is gemini-3-pro-image.";

        Assert.Equal(TokaifyErrorId.ModelNotFound, failure.ErrorId);
        Assert.Contains("no such model", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(Replacement, failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.ExplainAsync(failure, edit.Request.Model)));

        Assert.EndsWith(
            Replacement + " The relay's list has gemini-3-pro-image, my-banana, an-image-model.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_relay_without_a_list_is_asked_once_and_the_replacement_is_still_named()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(404, "{}"));
        using var client = Edits.Client(server.BaseUri);
        var edit = Edits.Of(folder, Edits.Of(folder).Request with { Model = "gemini-3-pro-image-preview" });
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(edit));
        await client.ExplainAsync(failure, edit.Request.Model);
        await client.ExplainAsync(failure, edit.Request.Model);

        Assert.EndsWith("its replacement is gemini-3-pro-image.", failure.Message, StringComparison.Ordinal);
        // Google's list and OpenAI's.
        Assert.Equal(2, server.Requests.Count(request => request.RequestLine.StartsWith("GET ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_list_stays_within_its_limit_of_requests(int requests)
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(404, "{}"));
        using var client = Edits.Client(server.BaseUri);
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder)));

        await client.ExplainAsync(failure, "gemini-3-pro-image-preview", requests);

        Assert.Equal(requests, server.Requests.Count(request => request.RequestLine.StartsWith("GET ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Another_error_asks_for_no_list()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(400, "{}"));
        using var client = Edits.Client(server.BaseUri);
        var failure = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder)));
        await client.ExplainAsync(failure, "gemini-3-pro-image-preview");

        Assert.Single(server.Requests);
    }
}
