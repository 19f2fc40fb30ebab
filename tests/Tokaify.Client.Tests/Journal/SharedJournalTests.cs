using System.Text;
using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Commands of one process that resume from the same journal.</summary>
public class SharedJournalTests
{
    private static readonly ScriptedResponse s_refusal = ScriptedResponse.Json(400, """{"error":{"message":"No."}}""");

    [Fact]
    public async Task A_command_waits_for_requests_in_flight_of_another_and_does_not_send_them()
    {
        await using var journal = new JournalFixture { Holds = true };
        var first = journal.Client(journal.Open()).EditAsync(journal.Edit());
        await journal.ReceiveAsync();
        var second = journal.Client(journal.Open()).EditAsync(journal.Edit());
        journal.Release();

        var results = await Task.WhenAll(first, second);

        Assert.Equal([ImageEditStatus.Saved, ImageEditStatus.Skipped], results.Select(result => result.Status));
        Assert.Equal(results[0].Path, results[1].Path);
        Assert.Equal(1, journal.Requests);
        Assert.Equal(["saved", "skipped"], journal.Outcomes());
    }

    [Fact]
    public async Task If_the_request_fails_the_other_command_sends_it()
    {
        await using var journal = new JournalFixture { Holds = true, Refusal = s_refusal };
        var first = journal.Client(journal.Open()).EditAsync(journal.Edit());
        await journal.ReceiveAsync();
        var second = journal.Client(journal.Open()).EditAsync(journal.Edit());
        journal.Refusal = null;
        journal.Release();

        await Assert.ThrowsAsync<TokaifyException>(() => first);
        Assert.Equal(ImageEditStatus.Saved, (await second).Status);
        Assert.Equal(2, journal.Requests);
        Assert.Equal(["failed", "saved"], journal.Outcomes());
    }

    [Fact]
    public async Task If_the_request_is_stopped_the_other_command_sends_it()
    {
        await using var journal = new JournalFixture { Holds = true };
        using var stop = new CancellationTokenSource();
        var first = journal.Client(journal.Open()).EditAsync(journal.Edit(), cancellationToken: stop.Token);
        await journal.ReceiveAsync();
        var second = journal.Client(journal.Open()).EditAsync(journal.Edit());
        journal.Holds = false;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(ImageEditStatus.Saved, (await second).Status);
        Assert.Equal(["unknown", "saved"], journal.Outcomes());
    }

    [Fact]
    public async Task A_wait_for_another_command_can_be_stopped()
    {
        await using var journal = new JournalFixture { Holds = true };
        using var stop = new CancellationTokenSource();
        var first = journal.Client(journal.Open()).EditAsync(journal.Edit());
        await journal.ReceiveAsync();
        var second = journal.Client(journal.Open()).EditAsync(journal.Edit(), cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        journal.Release();
        await first;
        Assert.Equal(["saved"], journal.Outcomes());
    }

    [Fact]
    public async Task Two_equal_requests_of_one_command_are_both_sent_and_count_as_two_in_other_commands()
    {
        await using var journal = new JournalFixture { Holds = true };
        var first = journal.Client(journal.Open());
        var second = journal.Client(journal.Open());
        var edits = new List<Task<ImageEditResult>> { first.EditAsync(journal.Edit()), first.EditAsync(journal.Edit()) };
        await journal.ReceiveAsync();
        await journal.ReceiveAsync();
        edits.AddRange([second.EditAsync(journal.Edit()), second.EditAsync(journal.Edit()), second.EditAsync(journal.Edit())]);
        journal.Release();

        var results = await Task.WhenAll(edits);

        Assert.Equal(3, journal.Requests);
        Assert.Equal(3, results.Count(result => result.Status == ImageEditStatus.Saved));
        Assert.All(results[..2], result => Assert.Equal(ImageEditStatus.Saved, result.Status));
        Assert.Distinct(results[2..].Select(result => result.Path));
    }

    [Fact]
    public async Task A_request_saved_by_one_command_is_found_by_another_that_began_before()
    {
        await using var journal = new JournalFixture();
        var early = journal.Open();
        var saved = await journal.Client(journal.Open()).EditAsync(journal.Edit());

        Assert.Equal(saved.Path, early.FindSaved(journal.Edit())!.Path);
        Assert.Null(early.FindSaved(journal.Edit()));
    }

    [Fact]
    public async Task A_request_saved_by_a_command_that_does_not_resume_is_found_by_one_that_begins_later()
    {
        await using var journal = new JournalFixture();
        var outer = journal.Client(journal.Open());
        await outer.EditAsync(journal.Edit("One."));
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit("Two."));

        var inner = journal.Open();

        Assert.NotNull(inner.FindSaved(journal.Edit("One.")));
        Assert.Null(inner.FindSaved(journal.Edit("One.")));
        Assert.NotNull(inner.FindSaved(journal.Edit("Two.")));
        Assert.Null(inner.FindSaved(journal.Edit("Two.")));
    }

    [Fact]
    public async Task A_line_that_another_process_has_written_half_of_is_read_once_it_is_whole()
    {
        await using var journal = new JournalFixture();
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());
        var bytes = await File.ReadAllBytesAsync(journal.Path);
        await File.WriteAllBytesAsync(journal.Path, bytes[..^100]);
        var early = journal.Open();
        Assert.Null(early.FindSaved(journal.Edit()));
        using (var file = new FileStream(journal.Path, FileMode.Append))
        {
            await file.WriteAsync(bytes.Skip(bytes.Length - 100).ToArray());
        }

        Assert.NotNull(journal.Open().FindSaved(journal.Edit()));
    }

    [LinkFact]
    public async Task Another_name_of_the_journal_is_the_same_journal()
    {
        await using var journal = new JournalFixture();
        await File.WriteAllTextAsync(journal.Path, "");
        var file = journal.Folder.File("link.jsonl");
        File.CreateSymbolicLink(file, journal.Path);
        var folder = journal.Folder.File("folder");
        Directory.CreateSymbolicLink(folder, journal.Folder.Path);
        journal.Open();
        var byFile = journal.Open(path: file);
        var byFolder = journal.Open(path: Path.Combine(folder, "..", Path.GetFileName(folder), "edits.jsonl"));

        await journal.Client(byFile).EditAsync(journal.Edit());

        Assert.NotNull(byFolder.FindSaved(journal.Edit()));
        Assert.Equal(journal.Recovery, new JournalPaths(file).Recovery);
    }

    [Fact]
    public async Task The_last_command_to_end_lets_other_processes_resume()
    {
        await using var journal = new JournalFixture();
        var first = journal.Open();
        var second = journal.Open();

        first.Dispose();
        Assert.Throws<IOException>(() => JournalFixture.Lock(journal.Paths.ResumeLock));
        Assert.True(File.Exists(journal.Paths.Holder));
        second.Dispose();

        JournalFixture.Lock(journal.Paths.ResumeLock).Dispose();
        Assert.False(File.Exists(journal.Paths.Holder));
    }

    [Fact]
    public async Task A_request_in_flight_blocks_other_processes_even_after_its_command()
    {
        await using var journal = new JournalFixture { Holds = true };
        var writer = journal.Open();
        var edit = journal.Client(writer).EditAsync(journal.Edit());
        await journal.ReceiveAsync();

        writer.Dispose();
        Assert.Throws<IOException>(() => JournalFixture.Lock(journal.Paths.ResumeLock));
        journal.Release();
        await edit;

        JournalFixture.Lock(journal.Paths.ResumeLock).Dispose();
        Assert.Equal(["saved"], journal.Outcomes());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_in_UTF16_is_refused_before_anything_is_sent_and_is_not_changed(bool resumes)
    {
        await using var journal = new JournalFixture();
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode, new UnicodeEncoding(false, false) })
        {
            var path = journal.Folder.File($"{Guid.NewGuid()}.jsonl");
            await File.WriteAllTextAsync(path, await File.ReadAllTextAsync(journal.Path), encoding);
            var before = await File.ReadAllBytesAsync(path);

            var error = Assert.Throws<TokaifyException>(() => journal.Open(resumes, path));

            Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
            Assert.Contains("UTF-16", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(path));
            Assert.Throws<TokaifyException>(() => JournalIndex.Load(path));
        }
    }

    [Fact]
    public async Task Lines_in_UTF16_that_were_appended_to_a_journal_are_refused_as_well()
    {
        await using var journal = new JournalFixture();
        await journal.Client(journal.Open(resumes: false)).EditAsync(journal.Edit());
        await File.AppendAllTextAsync(journal.Path, await File.ReadAllTextAsync(journal.Path), new UnicodeEncoding(false, false));

        Assert.Contains("UTF-16", Assert.Throws<TokaifyException>(() => journal.Open()).Message, StringComparison.Ordinal);
    }
}
