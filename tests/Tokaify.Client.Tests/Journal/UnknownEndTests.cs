using System.Globalization;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Requests that were sent and have no known end. They may have been billed.</summary>
public class UnknownEndTests
{
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_request_that_is_stopped_leaves_a_line_and_is_sent_again()
    {
        await using var journal = new JournalFixture { Holds = true };
        using var stop = new CancellationTokenSource();
        var writer = journal.Open();
        var edit = journal.Client(writer).EditAsync(journal.Edit(), cancellationToken: stop.Token);
        await journal.ReceiveAsync();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        writer.Dispose();

        var line = journal.Lines()[^1];
        Assert.Equal("unknown", line.GetProperty("outcome").GetString());
        Assert.Equal(1, line.GetProperty("attempts").GetInt32());
        Assert.Equal(
            journal.Server.Requests.Single().Header("X-Client-Request-Id"),
            line.GetProperty("requests")[0].GetProperty("clientRequestId").GetString());
        Assert.Contains("billed", line.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        var next = journal.Open();
        Assert.Equal(1, next.UnknownCount);
        Assert.Null(next.FindSaved(journal.Edit()));
        journal.Holds = false;
        Assert.Equal(ImageEditStatus.Saved, (await journal.Client(next).EditAsync(journal.Edit())).Status);
        next.Dispose();
        Assert.Equal(0, journal.Open().UnknownCount);
    }

    [Fact]
    public async Task An_edit_that_is_stopped_between_two_attempts_has_failed()
    {
        await using var journal = new JournalFixture { Refusal = ScriptedResponse.Json(503, """{"error":{"message":"Later."}}""") };
        using var stop = new CancellationTokenSource();
        var client = journal.Client(journal.Open(), new RetryOptions { RetryInterval = TimeSpan.FromMinutes(1) });
        var waits = new TaskCompletionSource();
        var edit = client.EditAsync(journal.Edit(), _ => waits.TrySetResult(), stop.Token);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);

        var line = journal.Lines()[^1];
        Assert.Equal("failed", line.GetProperty("outcome").GetString());
        Assert.Equal("ServiceUnavailable", line.GetProperty("errorId").GetString());
        Assert.Equal(0, JournalIndex.Load(journal.Path).UnknownCount);
    }

    [Fact]
    public async Task An_edit_that_is_stopped_before_it_was_sent_leaves_no_line()
    {
        await using var journal = new JournalFixture();
        var client = journal.Client(journal.Open());
        using var stop = new CancellationTokenSource();
        using var other = JournalFixture.Lock(journal.Paths.Lock);
        var edit = client.EditAsync(journal.Edit(), cancellationToken: stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);

        Assert.Empty(journal.Lines());
        Assert.Equal(0, journal.Requests);
    }

    [Fact]
    public async Task Every_attempt_is_in_the_journal_before_it_is_sent()
    {
        await using var journal = new JournalFixture { Refusal = ScriptedResponse.Json(503, """{"error":{"message":"Later."}}""") };

        await Assert.ThrowsAsync<TokaifyException>(() => journal.Client(journal.Open()).EditAsync(journal.Edit()));

        var lines = journal.Lines();
        Assert.Equal(["sent", "sent", "failed"], lines.Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal([1, 2, 2], lines.Select(line => line.GetProperty("attempts").GetInt32()));
        Assert.Equal(
            journal.Server.Requests.Select(request => request.Header("X-Client-Request-Id")),
            lines.Take(2).Select(line => line.GetProperty("requests")[0].GetProperty("clientRequestId").GetString()));
        Assert.Equal(2, lines[2].GetProperty("requests").GetArrayLength());
    }

    [Theory]
    // A process that was killed, and one that completed.
    [InlineData("sent A 1", 1)]
    [InlineData("sent A 1, saved A 1", 0)]
    [InlineData("sent A 1, failed A 1", 0)]
    [InlineData("sent A 1, unknown A 1", 1)]
    [InlineData("sent A 1, sent A 2", 2)]
    [InlineData("sent A 1, sent A 2, saved A 1 2", 0)]
    // Side by side in one run, with their ends in any order.
    [InlineData("sent A 1, sent A 2, sent A 3, saved A 2", 2)]
    [InlineData("sent A 1, sent A 2, unknown A 1, saved A 2", 1)]
    // Sent again by a later run.
    [InlineData("sent A 1, sent B 2, saved B 2", 0)]
    [InlineData("sent A 1, unknown A 1, sent B 2, failed B 2", 0)]
    [InlineData("sent A 1, unknown A 1, sent B 2", 2)]
    [InlineData("sent A 1, sent A 2, sent B 3, saved B 3", 1)]
    // Lines of two processes at once.
    [InlineData("sent A 1, sent B 2, saved A 1, saved B 2", 0)]
    public void A_request_that_was_sent_and_has_no_end_is_unknown(string lines, int unknown)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("edits.jsonl");
        File.WriteAllLines(path, lines.Split(", ").Select(Line));
        Assert.Equal(unknown, JournalIndex.Load(path).UnknownCount);
    }

    private static string Line(string text)
    {
        var words = text.Split(' ');
        var requests = words[2..].Select(number => $$"""{"clientRequestId":"{{Id(int.Parse(number, CultureInfo.InvariantCulture))}}","requestId":null}""");
        return $$"""{"outcome":"{{words[0]}}","runId":"{{Id(words[1][0])}}","fingerprint":"{{Key}}","requests":[{{string.Join(",", requests)}}]}""";
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}
