using Xunit;

namespace Tokaify.Tests.Journal;

/// <summary>Journals in a folder: a file for each command, and one lock for each share.</summary>
public sealed class JournalFolderTests : IAsyncDisposable
{
    private readonly JournalFixture _journal = new();
    private readonly List<JournalWriter> _writers = [];

    private string Folder => _journal.Folder.File("journals");

    public async ValueTask DisposeAsync()
    {
        _writers.ForEach(writer => writer.Dispose());
        await _journal.DisposeAsync();
    }

    [Fact]
    public async Task Each_command_writes_its_own_file_named_after_time_machine_and_share()
    {
        var first = Open("3/8");
        var second = Open("3/8");
        await _journal.Client(first).EditAsync(_journal.Edit("First."));
        await _journal.Client(second).EditAsync(_journal.Edit("Second."));

        var names = Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileName(path)).ToList();
        Assert.Equal(2, names.Count);
        Assert.All(names, name => Assert.Matches(@"^\d{8}T\d{6}Z-\w+-3of8-[0-9a-f]{8}\.jsonl$", name));
        // Distinct, because under Wine a response sometimes ends early, and the request is sent again.
        Assert.All(
            Directory.GetFiles(Folder, "*.jsonl"),
            path => Assert.Equal(["sent", "saved"], _journal.Lines(path).Select(line => line.GetProperty("outcome").GetString()).Distinct()));
        Assert.True(OperatingSystem.IsWindows() || _journal.Requests == 2);
        Assert.Equal(2 + _journal.Requests, Directory.GetFiles(Folder, "*.jsonl").Sum(path => _journal.Lines(path).Count));
    }

    [Fact]
    public async Task Commands_of_a_process_that_resume_a_share_send_nothing_twice_although_each_has_its_own_file()
    {
        _journal.Holds = true;
        var first = _journal.Client(Open("1/2")).EditAsync(_journal.Edit());
        await _journal.ReceiveAsync();
        var second = _journal.Client(Open("1/2")).EditAsync(_journal.Edit());
        _journal.Release();

        Assert.Equal(ImageEditStatus.Saved, (await first).Status);
        var result = await second;
        Assert.Equal(ImageEditStatus.Skipped, result.Status);
        Assert.NotNull(result.Path);
        Assert.Equal(1, _journal.Requests);
    }

    [Fact]
    public async Task Requests_saved_by_other_machines_and_other_numbers_of_shares_are_skipped_with_their_images()
    {
        var other = Open("1/3");
        var saved = await _journal.Client(other).EditAsync(_journal.Edit());
        other.Dispose();
        var torn = Path.Combine(Folder, "20260101T000000Z-attic-2of5-00000000.jsonl");
        await File.WriteAllTextAsync(torn, """{"outcome":"saved","fingerprint":"01""");

        var found = Open("2/5").FindSaved(_journal.Edit());

        Assert.Equal(saved.Path, found!.Path);
        Assert.Null(Open("2/5").FindSaved(_journal.Edit("Another.")));
    }

    [Fact]
    public async Task A_line_is_found_again_in_any_file()
    {
        foreach (var number in Enumerable.Range(1, 3))
        {
            var writer = Open($"{number}/3");
            foreach (var prompt in new[] { "a", "b" })
            {
                await _journal.Client(writer).EditAsync(_journal.Edit($"{prompt}{number}"));
            }

            writer.Dispose();
        }

        var resumed = Open("1/1");

        var found = Enumerable.Range(1, 3).SelectMany(number => new[] { $"a{number}", $"b{number}" }).Select(prompt => resumed.FindSaved(_journal.Edit(prompt))?.Path);
        Assert.Equal(6, found.Distinct().Count(path => path is not null));
    }

    [Fact]
    public void One_process_resumes_a_share_and_other_shares_are_independent()
    {
        var writer = Open("1/2");
        using var other = JournalFixture.Lock(new JournalFolder(Folder, "2/2").ResumeLock);

        var error = Assert.Throws<TokaifyException>(() => Open("2/2"));

        Assert.Equal(TokaifyErrorId.JournalInUse, error.ErrorId);
        Assert.Contains("Share 2of2", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.UnknownCount);
    }

    [Theory]
    [InlineData("1/3")]
    [InlineData(null)]
    public void Another_number_of_shares_is_refused_while_one_is_held(string? share)
    {
        Open("1/2");

        var error = Assert.Throws<TokaifyException>(() => Open(share));

        Assert.Equal(TokaifyErrorId.JournalInUse, error.ErrorId);
        Assert.Contains("another number of shares", error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".resume")]
    [InlineData("my.resume")]
    [InlineData(".ofof.resume")]
    [InlineData(".all.resume.resume")]
    public void A_file_that_is_not_the_lock_of_a_share_is_ignored(string name)
    {
        Directory.CreateDirectory(Folder);
        using var foreign = JournalFixture.Lock(Path.Combine(Folder, name));

        Open("1/2");
    }

    [LinkFact]
    public void A_lock_is_released_if_the_other_locks_cannot_be_checked()
    {
        Directory.CreateDirectory(Folder);
        var loop = Path.Combine(Folder, ".2of4.resume");
        File.CreateSymbolicLink(loop, loop);

        Assert.Equal(TokaifyErrorId.SaveFailed, Assert.Throws<TokaifyException>(() => Open("1/2")).ErrorId);

        using var taken = JournalLock.TryTake(new JournalFolder(Folder, "1/2").ResumeLock);
        Assert.NotNull(taken);
    }

    [Fact]
    public void The_root_of_a_drive_is_a_folder_of_journals()
    {
        var root = Path.GetPathRoot(Folder)!;
        Assert.Equal(root, new JournalFolder(root, share: null).Path, ignoreCase: true);
    }

    [Fact]
    public void After_all_locks_are_released_another_number_of_shares_is_accepted()
    {
        Open("1/2").Dispose();
        Open("1/3");
    }

    [Fact]
    public async Task Requests_without_an_end_are_reported_for_the_same_share()
    {
        _journal.Holds = true;
        Directory.CreateDirectory(Folder);
        var fingerprint = new string('0', 64);
        foreach (var (share, id) in new[] { ("1of2", Guid.NewGuid()), ("2of2", Guid.NewGuid()) })
        {
            await File.WriteAllTextAsync(
                Path.Combine(Folder, $"20260101T000000Z-attic-{share}-00000000.jsonl"),
                $$"""{"outcome":"sent","fingerprint":"{{fingerprint}}","requests":[{"clientRequestId":"{{id}}"}]}""" + "\n");
        }

        Assert.Equal(1, Open("1/2").UnknownCount);
    }

    [Fact]
    public void A_command_that_writes_nothing_leaves_neither_a_journal_nor_its_lock()
    {
        Open("1/2").Dispose();
        Assert.Equal([".1of2.resume"], Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Lines_that_a_command_could_not_write_are_moved_into_the_journal_by_the_next_one()
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, "20260101T000000Z-attic-1of2-00000000.jsonl");
        await File.WriteAllTextAsync(path, "");
        var recovery = new JournalPaths(path).Recovery!;
        Directory.CreateDirectory(Path.GetDirectoryName(recovery)!);
        var line = $$"""{"outcome":"saved","fingerprint":"{{RequestFingerprint.Of(_journal.Edit().Request)}}","images":[]}""" + "\n";
        await File.WriteAllTextAsync(recovery, line);
        try
        {
            Assert.NotNull(Open("1/2").FindSaved(_journal.Edit()));
            Assert.Equal(line, await File.ReadAllTextAsync(path));
            Assert.False(File.Exists(recovery));
        }
        finally
        {
            File.Delete(recovery);
        }
    }

    private JournalWriter Open(string? share)
    {
        var writer = JournalWriter.InFolder(Folder + Path.DirectorySeparatorChar, share, resumes: true);
        writer.LockTimeout = TimeSpan.Zero;
        writer.Open();
        _writers.Add(writer);
        return writer;
    }
}
