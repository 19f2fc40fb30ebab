using System.Management.Automation;

using Tokaify.PowerShell;

using Xunit;

namespace Tokaify.Tests.Pipeline;

/// <summary>The ends of a batch: complete, ended early, abandoned.</summary>
public sealed class EditBatchTests
{
    private static ScriptedResponse Refusal { get; } = ScriptedResponse.Json(401, "{\"error\":{\"message\":\"No such key.\"}}");

    [Fact]
    public async Task A_batch_that_completes_has_written_each_result_and_a_complete_summary()
    {
        await using var fixture = new BatchFixture(_ => ScriptedResponse.Good);

        fixture.Batch.Send([fixture.Edit("one"), fixture.Edit("two"), fixture.Edit("three")]);
        fixture.Batch.Complete();

        Assert.Equal(["one", "three", "two"], Names(fixture));
        Assert.Equal(["one.png", "three.png", "two.png"], fixture.Folder.Names);
        Assert.Equal((3, 0, true), (fixture.Summary.Saved, fixture.Summary.Failed, fixture.Summary.IsComplete));
        Assert.Equal(3, fixture.Output.Verbose.Count(line => line.StartsWith("Saved ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_more_edits_are_in_flight_than_the_limit()
    {
        var inFlight = 0;
        var most = 0;
        await using var fixture = new BatchFixture(
            _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inFlight));
                return new ScriptedResponse(async (stream, token) =>
                {
                    // Before the response: once it is whole, the next edit may begin.
                    Interlocked.Decrement(ref inFlight);
                    await ScriptedResponse.Good.WriteAsync(stream, token);
                });
            },
            limit: 1);

        fixture.Batch.Send([.. Enumerable.Range(0, 5).Select(number => fixture.Edit($"{number}"))]);
        fixture.Batch.Complete();

        Assert.Equal((5, 1), (fixture.Summary.Saved, most));
    }

    [Fact]
    public async Task A_failure_of_one_edit_is_one_error_beside_the_results()
    {
        await using var fixture = new BatchFixture(request => IsOf(request, "bad")
            ? ScriptedResponse.Json(400, "{\"error\":{\"message\":\"Not like this.\"}}")
            : ScriptedResponse.Good);

        fixture.Batch.Send([fixture.Edit("bad"), fixture.Edit("good")]);
        fixture.Batch.Complete();

        var (error, target) = Assert.Single(fixture.Output.Failures);
        Assert.Equal((TokaifyErrorId.InvalidRequest, "bad"), (error.ErrorId, error.Data["Prompt"]));
        Assert.Equal(TestImages.Path("plain.png"), target);
        Assert.Equal(["good"], Names(fixture));
        Assert.Equal((1, 1, true), (fixture.Summary.Saved, fixture.Summary.Failed, fixture.Summary.IsComplete));
    }

    [Fact]
    public async Task If_no_further_request_can_succeed_the_batch_ends_with_the_cause_the_counts_and_how_to_continue()
    {
        await using var fixture = new BatchFixture(_ => Refusal, limit: 1);
        fixture.Batch.Expect(5);

        var ended = Assert.Throws<BatchEndedException>(
            () => fixture.Batch.Send([.. Enumerable.Range(0, 5).Select(number => fixture.Edit($"{number}"))]));

        Assert.Equal(
            "The service refused the key (HTTP 401): No such key. Check TOKAIFY_API_KEY, Connect-Tokaify or -ApiKey. "
            + "The batch ends here: 0 saved, 3 failed, 2 received but not tried. When that is put right, the same command goes on where this one ended.",
            ended.Error.Message);
        Assert.Equal((TokaifyErrorId.Unauthorized, 78), (ended.Error.ErrorId, ended.Error.ExitCode));
        Assert.Equal((3, 2, false), (fixture.Summary.Failed, fixture.Summary.NotTried, fixture.Summary.IsComplete));
    }

    [Fact]
    public async Task Edits_in_flight_when_the_user_stops_are_cancelled_and_counted_and_leave_no_file()
    {
        var arrived = new SemaphoreSlim(0);
        await using var fixture = new BatchFixture(_ =>
        {
            arrived.Release();
            return ScriptedResponse.Never;
        });
        fixture.Batch.Send([fixture.Edit("one"), fixture.Edit("two")]);
        await arrived.WaitAsync();
        await arrived.WaitAsync();

        fixture.Batch.Cancel();

        Assert.Throws<PipelineStoppedException>(fixture.Batch.Complete);
        fixture.Batch.Abandon();
        Assert.Equal((0, 2, false), (fixture.Summary.Saved, fixture.Summary.Cancelled, fixture.Summary.IsComplete));
        Assert.Empty(fixture.Folder.Names);
    }

    [Fact]
    public async Task A_stop_that_PowerShell_does_not_announce_is_noticed_before_the_next_edit()
    {
        await using var fixture = new BatchFixture(_ => ScriptedResponse.Good);
        fixture.Output.Stopping = true;

        Assert.Throws<PipelineStoppedException>(() => fixture.Batch.Send([fixture.Edit("one")]));

        Assert.Equal(0, fixture.Requests);
    }

    [Fact]
    public async Task A_pipeline_that_ends_at_the_first_result_abandons_the_rest_once()
    {
        await using var fixture = new BatchFixture(request => IsOf(request, "one") ? ScriptedResponse.Good : ScriptedResponse.Never);
        fixture.Output.OnResult = () => throw new InvalidOperationException("The pipeline has ended.");

        Assert.Throws<InvalidOperationException>(() =>
        {
            fixture.Batch.Send([fixture.Edit("one"), fixture.Edit("two")]);
            fixture.Batch.Complete();
        });
        fixture.Batch.Abandon();
        fixture.Batch.Abandon();

        Assert.Equal((1, 1), (fixture.Summary.Saved, fixture.Summary.Cancelled));
        Assert.Equal(["one.png"], fixture.Folder.Names);
    }

    [Fact]
    public async Task An_edit_that_cannot_be_sent_is_counted_and_reported_without_a_request()
    {
        await using var fixture = new BatchFixture(_ => ScriptedResponse.Good);

        fixture.Batch.Refuse(new TokaifyException(TokaifyErrorId.FileNotFound, "It is not there."), "cat.png");
        fixture.Batch.Complete();

        Assert.Equal("cat.png", Assert.Single(fixture.Output.Failures).Target);
        Assert.Equal((1, 0), (fixture.Summary.Failed, fixture.Requests));
        Assert.Equal("FileNotFound", Assert.Single(fixture.Summary.Failures).Key);
    }

    [Fact]
    public async Task A_missing_model_does_not_end_the_edits_of_other_models()
    {
        await using var fixture = new BatchFixture(
            request => request.RequestLine.Contains("gone-image", StringComparison.Ordinal)
                ? ScriptedResponse.Json(404, "{\"error\":{\"message\":\"No such model.\"}}")
                : ScriptedResponse.Good,
            limit: 1);
        fixture.Batch.MayVaryModel = true;

        foreach (var number in Enumerable.Range(0, 5))
        {
            fixture.Batch.Send([fixture.Edit($"{number}", "gone-image")]);
        }

        fixture.Batch.Send([fixture.Edit("six")]);
        fixture.Batch.Complete();

        Assert.Equal(["six"], Names(fixture));
        Assert.Equal((3, 2), (fixture.Summary.Failed, fixture.Summary.NotTried));
        Assert.Contains("other models were not affected", fixture.Output.Failures[^1].Error.Message, StringComparison.Ordinal);
    }

    private static bool IsOf(RecordedRequest request, string prompt) =>
        System.Text.Encoding.UTF8.GetString(request.Body).Contains($"\"{prompt}\"", StringComparison.Ordinal);

    private static IEnumerable<string> Names(BatchFixture fixture) =>
        fixture.Output.Results.Cast<ImageEditResult>().Select(result => result.Prompt).Order(StringComparer.Ordinal);
}
