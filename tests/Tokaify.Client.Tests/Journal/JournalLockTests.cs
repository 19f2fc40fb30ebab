using Tokaify.Resilience;
using Tokaify.Tests.Images;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Lines that cannot be written at once, or not at all.</summary>
public class JournalLockTests
{
    [Fact]
    public async Task While_lines_wait_for_a_lock_no_request_is_sent_and_all_of_them_are_there_at_the_end()
    {
        await using var journal = new JournalFixture { Holds = true };
        var client = journal.Client(journal.Open(resumes: false));
        var inFlight = Enumerable.Range(0, 4).Select(number => client.EditAsync(journal.Edit($"{number}"))).ToList();
        for (var number = 0; number < 4; number++)
        {
            await journal.ReceiveAsync();
        }

        var other = JournalFixture.Lock(journal.Paths.Lock);
        journal.Release();
        var later = Enumerable.Range(4, 4).Select(number => client.EditAsync(journal.Edit($"{number}"))).ToList();
        await journal.NoticeAsync();
        Assert.Equal(4, journal.Requests);
        Assert.All(inFlight, edit => Assert.False(edit.IsCompleted));
        await other.DisposeAsync();
        await Task.WhenAll(inFlight.Concat(later));

        Assert.Equal(8, journal.Requests);
        Assert.Equal(8, journal.Outcomes().Count(outcome => outcome == "saved"));
        Assert.Equal(8, JournalIndex.Load(journal.Path).Count);
        Assert.Contains(journal.Path, Assert.Single(journal.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_skipped_request_waits_for_a_lock_as_well_and_its_wait_can_be_stopped()
    {
        await using var journal = new JournalFixture();
        var isStopping = false;
        var told = new List<string>();
        using var writer = new JournalWriter(journal.Path);
        writer.Open(() => isStopping, message =>
        {
            told.Add(message);
            isStopping = true;
        });
        using var other = JournalFixture.Lock(journal.Paths.Lock);
        var edit = journal.Edit() with { Fingerprint = RequestFingerprint.Of(journal.Edit().Request) };

        for (var number = 0; number < 1000; number++)
        {
            writer.AppendSkipped(edit, edit.ToResult(ImageEditStatus.Skipped, []));
        }

        Assert.Contains(journal.Path, Assert.Single(told), StringComparison.Ordinal);
        Assert.NotNull(writer.Complete());
        Assert.Equal(1000, journal.Lines(journal.Recovery).Count);
    }

    [Fact]
    public async Task The_wait_for_a_lock_does_not_count_towards_the_time_limit_of_an_attempt()
    {
        await using var journal = new JournalFixture();
        var client = journal.Client(
            journal.Open(), new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.FromSeconds(3) });
        await client.EditAsync(journal.Edit("One."));
        var other = JournalFixture.Lock(journal.Paths.Lock);

        var edit = client.EditAsync(journal.Edit("Two."));
        // This is written after five seconds.
        await journal.NoticeAsync();
        await other.DisposeAsync();

        Assert.Equal(ImageEditStatus.Saved, (await edit).Status);
    }

    [Fact]
    public async Task Lines_that_wait_for_a_lock_when_the_command_is_stopped_go_to_the_recovery_file_and_the_next_command_finds_them()
    {
        await using var journal = new JournalFixture { Holds = true };
        using var stop = new CancellationTokenSource();
        var writer = journal.Open();
        var client = journal.Client(writer);
        var saved = client.EditAsync(journal.Edit("Saved."), cancellationToken: stop.Token);
        await journal.ReceiveAsync();
        using var other = JournalFixture.Lock(journal.Paths.Lock);
        var waiting = client.EditAsync(journal.Edit("Waiting."), cancellationToken: stop.Token);
        journal.Release();
        while (!File.Exists(journal.Folder.File("out.png")))
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        Assert.Equal(ImageEditStatus.Saved, (await saved).Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Contains(journal.Recovery, writer.Complete()!.Message, StringComparison.Ordinal);
        writer.Dispose();

        Assert.Equal(1, journal.Requests);
        Assert.Empty(journal.Outcomes());
        Assert.Equal("saved", Assert.Single(journal.Lines(journal.Recovery)).GetProperty("outcome").GetString());
        // A dry run reads it, but does not move it into the journal.
        Assert.Equal(journal.Folder.File("out.png"), JournalIndex.Load(journal.Path).Take(journal.Edit("Saved."))!.Path);
        await other.DisposeAsync();

        var next = journal.Open();
        Assert.Equal(journal.Folder.File("out.png"), next.FindSaved(journal.Edit("Saved."))!.Path);
        Assert.Null(next.FindSaved(journal.Edit("Saved.")));
        Assert.Equal(["saved"], journal.Outcomes());
        Assert.False(File.Exists(journal.Recovery));
    }

    [Fact]
    public async Task If_a_journal_becomes_unwritable_no_line_is_lost_and_the_error_says_where_the_lines_are()
    {
        await using var journal = new JournalFixture();
        var writer = journal.Open();
        var client = journal.Client(writer);
        await client.EditAsync(journal.Edit("One."));
        var before = await File.ReadAllBytesAsync(journal.Path);
        File.Delete(journal.Path);
        Directory.CreateDirectory(journal.Path);

        await client.EditAsync(journal.Edit("Two."));
        await client.EditAsync(journal.Edit("Three."));

        Assert.Contains(journal.Recovery, Assert.Single(journal.Notices), StringComparison.Ordinal);
        var error = writer.Complete()!;
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.Contains(journal.Recovery, error.Message, StringComparison.Ordinal);
        writer.Dispose();
        Directory.Delete(journal.Path);
        await File.WriteAllBytesAsync(journal.Path, before);
        var next = journal.Open();
        Assert.All(["One.", "Two.", "Three."], prompt => Assert.NotNull(next.FindSaved(journal.Edit(prompt))));
        Assert.Equal(["saved", "saved", "saved"], journal.Outcomes());
    }

    [Fact]
    public async Task The_notice_that_lines_are_elsewhere_comes_before_their_edit_ends()
    {
        await using var journal = new JournalFixture();
        var writer = journal.Open();
        Task<ImageEditResult>? edit = null;
        var hasEnded = new TaskCompletionSource<bool>();
        using var started = new ManualResetEventSlim();
        var client = Edits.Client(journal.Server.BaseUri, options: new TokaifyClientOptions
        {
            Journal = writer,
            OnNotice = _ =>
            {
                started.Wait();
                // Enough time for an edit that does not have to wait.
                hasEnded.TrySetResult(edit!.Wait(TimeSpan.FromMilliseconds(500)));
            },
        });
        File.Delete(journal.Path);
        Directory.CreateDirectory(journal.Path);

        edit = Task.Run(() => client.EditAsync(journal.Edit()));
        started.Set();

        Assert.False(await hasEnded.Task);
        Assert.Equal(ImageEditStatus.Saved, (await edit).Status);
        Assert.Contains(journal.Recovery, writer.Complete()!.Message, StringComparison.Ordinal);
        Directory.Delete(journal.Path);
    }

    [Fact]
    public async Task A_journal_that_becomes_writable_again_gets_its_lines_in_the_same_command()
    {
        await using var journal = new JournalFixture();
        var writer = journal.Open();
        var client = journal.Client(writer);
        Directory.CreateDirectory(journal.Folder.File("away"));
        File.Move(journal.Path, journal.Folder.File("away/edits.jsonl"));
        Directory.CreateDirectory(journal.Path);
        await client.EditAsync(journal.Edit("One."));
        Directory.Delete(journal.Path);
        File.Move(journal.Folder.File("away/edits.jsonl"), journal.Path);

        await client.EditAsync(journal.Edit("Two."));

        Assert.Null(writer.Complete());
        Assert.Equal(["saved", "saved"], journal.Outcomes());
        // Another one of the same process does not count them twice.
        var next = journal.Open();
        Assert.NotNull(next.FindSaved(journal.Edit("One.")));
        Assert.Null(next.FindSaved(journal.Edit("One.")));
    }

    [Fact]
    public async Task Lines_that_were_moved_by_a_process_that_was_then_killed_do_not_count_twice()
    {
        await using var journal = new JournalFixture();
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());
        Directory.CreateDirectory(Path.GetDirectoryName(journal.Recovery)!);
        File.Copy(journal.Path, journal.Recovery);

        Assert.NotNull(journal.Open());

        Assert.Equal(["saved"], journal.Outcomes());
        Assert.False(File.Exists(journal.Recovery));
    }

    [SmallVolumeFact]
    public async Task A_full_disk_loses_nothing()
    {
        await using var journal = new JournalFixture();
        using var parent = new TemporaryFolder();
        using var volume = new SmallVolume(parent.File("volume"));
        var path = Path.Combine(volume.Path, "edits.jsonl");
        using var writer = journal.Open(path: path);
        var client = journal.Client(writer);
        await client.EditAsync(journal.Edit("One."));
        // More than fits into the file's last page.
        var two = new string('2', 8192);
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(volume.Path, "full"), new byte[200_000]));

        await client.EditAsync(journal.Edit(two));

        Assert.Contains("edits.jsonl", writer.Complete()!.Message, StringComparison.Ordinal);
        writer.Dispose();
        File.Delete(Path.Combine(volume.Path, "full"));
        using var next = journal.Open(path: path);
        Assert.All(["One.", two], prompt => Assert.NotNull(next.FindSaved(journal.Edit(prompt))));
        Assert.False(File.Exists(new JournalPaths(path).Recovery));
    }

    [Fact]
    public async Task If_the_recovery_file_cannot_be_written_nothing_is_sent_and_the_lines_are_written_once_they_can_be()
    {
        await using var journal = new JournalFixture { Holds = true };
        var writer = journal.Open();
        var client = journal.Client(writer);
        var inFlight = client.EditAsync(journal.Edit("In flight."));
        await journal.ReceiveAsync();
        var before = await File.ReadAllBytesAsync(journal.Path);
        File.Delete(journal.Path);
        Directory.CreateDirectory(journal.Path);
        // Replaced by something that is not a file.
        Directory.CreateDirectory(journal.Recovery);
        try
        {
            journal.Release();
            Assert.Equal(ImageEditStatus.Saved, (await inFlight).Status);
            Assert.Contains(journal.Recovery, Assert.Single(journal.Notices), StringComparison.Ordinal);

            var error = await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(journal.Edit("Next.")));

            Assert.Equal((TokaifyErrorId.SaveFailed, 0), (error.ErrorId, error.Attempts));
            Assert.Equal(1, journal.Requests);
            Assert.Contains(journal.Recovery, writer.Complete()!.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(journal.Recovery);
        }

        Directory.Delete(journal.Path);
        await File.WriteAllBytesAsync(journal.Path, before);
        Assert.Null(writer.Complete());
        writer.Dispose();
        Assert.Equal(["saved", "failed"], journal.Outcomes());
        Assert.NotNull(journal.Open().FindSaved(journal.Edit("In flight.")));
    }

    [Fact]
    public async Task A_program_that_has_locked_the_journal_itself_is_waited_for_as_well()
    {
        await using var journal = new JournalFixture();
        var other = JournalFixture.Lock(journal.Path);
        var told = new TaskCompletionSource();
        using var writer = new JournalWriter(journal.Path, resumes: true);
        var opening = Task.Run(() => writer.Open(onWaiting: _ => told.TrySetResult()));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await other.DisposeAsync();
        await opening;
        other = JournalFixture.Lock(journal.Path);
        var edit = journal.Client(writer).EditAsync(journal.Edit());

        await journal.NoticeAsync();
        Assert.Equal(0, journal.Requests);
        await other.DisposeAsync();

        Assert.Equal(ImageEditStatus.Saved, (await edit).Status);
        Assert.Null(writer.Complete());
        Assert.Equal(["saved"], journal.Outcomes());
    }

    [Fact]
    public async Task A_journal_that_stays_locked_is_an_error_before_anything_is_sent()
    {
        await using var journal = new JournalFixture();
        using var other = JournalFixture.Lock(journal.Paths.Lock);
        using var writer = new JournalWriter(journal.Path) { LockTimeout = TimeSpan.FromMilliseconds(200) };
        var error = Assert.Throws<TokaifyException>(() => writer.Open());
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.Throws<OperationCanceledException>(() => writer.Open(isStopping: () => true));
    }
}
