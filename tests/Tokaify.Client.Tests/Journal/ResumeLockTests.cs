using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Processes that resume from one journal: one at a time.</summary>
public class ResumeLockTests
{
    [Fact]
    public async Task The_command_waits_for_another_process_and_then_names_it()
    {
        await using var journal = new JournalFixture();
        using var other = JournalFixture.Lock(journal.Paths.ResumeLock);
        await File.WriteAllTextAsync(
            journal.Paths.Holder, """{"host":"attic","process":4711,"name":"pwsh","since":"2026-11-27T02:00:00Z"}""");
        using var writer = new JournalWriter(journal.Path, resumes: true) { LockTimeout = TimeSpan.FromSeconds(1.5) };
        var told = new List<string>();

        var error = Assert.Throws<TokaifyException>(() => writer.Open(onWaiting: told.Add));

        Assert.Equal(TokaifyErrorId.JournalInUse, error.ErrorId);
        Assert.All(
            ["attic", "4711", "pwsh", "2026-11-27 02:00:00 UTC"],
            particular => Assert.Contains(particular, error.Message, StringComparison.Ordinal));
        Assert.Contains("4711", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_wait_is_a_minute() =>
        await Task.Run(() => Assert.Equal(TimeSpan.FromSeconds(60), new JournalWriter("/edits.jsonl").LockTimeout));

    [Fact]
    public async Task Once_the_other_process_has_ended_the_journal_is_read_as_it_left_it()
    {
        await using var journal = new JournalFixture();
        var other = JournalFixture.Lock(journal.Paths.ResumeLock);
        var waits = new TaskCompletionSource();
        using var writer = new JournalWriter(journal.Path, resumes: true);
        var opening = Task.Run(() => writer.Open(onWaiting: _ => waits.SetResult()));
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());

        await other.DisposeAsync();
        await opening;

        Assert.NotNull(writer.FindSaved(journal.Edit()));
    }

    [Fact]
    public async Task The_wait_can_be_stopped()
    {
        await using var journal = new JournalFixture();
        using var other = JournalFixture.Lock(journal.Paths.ResumeLock);
        using var writer = new JournalWriter(journal.Path, resumes: true);
        Assert.Throws<OperationCanceledException>(() => writer.Open(isStopping: () => true));
    }

    [Fact]
    public async Task A_command_that_does_not_resume_is_not_blocked()
    {
        await using var journal = new JournalFixture();
        using var other = JournalFixture.Lock(journal.Paths.ResumeLock);
        Assert.Equal(ImageEditStatus.Saved, (await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit())).Status);
    }

    [Fact]
    public async Task The_lock_file_names_its_process()
    {
        await using var journal = new JournalFixture();
        journal.Open();
        var holder = JournalHolder.Read(journal.Paths.Holder)!;
        Assert.Equal((Environment.MachineName, Environment.ProcessId), (holder.Host, holder.ProcessId));
        Assert.InRange(DateTime.UtcNow - holder.SinceUtc, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_name_of_a_holder_has_no_control_characters()
    {
        await using var journal = new JournalFixture();
        await File.WriteAllTextAsync(
            journal.Paths.Holder, """{"host":"at\u001b[31mtic\n\u202e","process":1,"name":"p","since":"2026-11-27T02:00:00Z"}""");
        Assert.Equal("attic", JournalHolder.Read(journal.Paths.Holder)!.Host.Trim());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"host\":1}")]
    [InlineData("{\"host\":\"a\",\"process\":\"b\"}")]
    [InlineData("{\"host\":\"\\ud800\",\"process\":1,\"name\":\"b\",\"since\":\"2026-11-27T02:00:00Z\"}")]
    public async Task A_holder_that_cannot_be_read_is_another_process(string text)
    {
        await using var journal = new JournalFixture();
        using var other = JournalFixture.Lock(journal.Paths.ResumeLock);
        await File.WriteAllTextAsync(journal.Paths.Holder, text);
        using var writer = new JournalWriter(journal.Path, resumes: true) { LockTimeout = TimeSpan.Zero };
        Assert.Contains("another process", Assert.Throws<TokaifyException>(() => writer.Open()).Message, StringComparison.Ordinal);
    }
}
