using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>The removal of orphaned files: only temporary files of processes that have ended.</summary>
public class OrphanTests
{
    [Fact]
    public void Only_files_of_ended_processes_are_removed()
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        string[] orphans = [names.With(process: DeadProcessId()), names.With(start: "630000000000000000"), names.With(start: names.Earlier)];
        var elsewhere = names.With(machine: "00000000");
        var elsewhereOld = names.With(machine: "00000001");
        string[] others = [".tokaify-notes.tmp", "cat.tmp", "cat-edited.png"];
        foreach (var name in others.Concat(orphans).Concat([elsewhere, elsewhereOld]))
        {
            File.WriteAllText(folder.File(name), "x");
        }

        File.SetLastWriteTimeUtc(folder.File(elsewhereOld), DateTime.UtcNow.AddDays(-2));
        names.Folder.Prepare();
        Assert.Equal(others.Concat([names.Own, elsewhere]).Order(StringComparer.Ordinal), folder.Names);
    }

    public static TheoryData<string, string> Impossible
    {
        get
        {
            var rows = EverywhereImpossible();
            if (!OperatingSystem.IsWindows())
            {
                // File names cannot contain a line break there.
                rows.Add("number", "00000000000000000000000000000000\n");
            }

            return rows;
        }
    }

    private static TheoryData<string, string> EverywhereImpossible() => new()
    {
        { "process", "99999999999999999999" },
        { "process", "2147483648" },
        { "process", "0" },
        { "process", "00" },
        { "process", "-1" },
        { "process", "+1" },
        { "process", " 1" },
        { "process", "1e3" },
        { "process", "\u0661\u0662\u0663" },
        { "start", "99999999999999999999" },
        { "start", "9223372036854775807" },
        { "start", "3155378976000000000" },
        { "start", "-1" },
        { "start", "\u0966" },
        { "machine", "0000000g" },
        { "machine", "ABCDEF01" },
        { "number", "1" },
        { "number", "\u0661123456789abcdef0123456789abcdef" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_file_with_a_name_of_another_form_does_not_end_a_batch_and_is_not_removed(string part, string value)
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        var dead = DeadProcessId();
        var name = part switch
        {
            "process" => names.With(process: value),
            "start" => names.With(process: dead, start: value),
            "machine" => names.With(machine: value, process: dead),
            _ => names.With(process: dead, number: value),
        };
        File.WriteAllText(folder.File(name), "x");
        File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow.AddDays(-2));

        names.Folder.Prepare();

        Assert.Equal("x", File.ReadAllText(folder.File(name)));
    }

    [Fact]
    public void A_folder_of_such_a_name_stays()
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        var path = Directory.CreateDirectory(folder.File(names.With(process: DeadProcessId()))).FullName;
        names.Folder.Prepare();
        Assert.True(Directory.Exists(path));
    }

    [LinkTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_of_such_a_name_and_its_target_stay(bool leadsSomewhere)
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        var target = leadsSomewhere ? folder.Write("mine.txt", [1, 2, 3]) : folder.File("nowhere");
        var link = folder.File(names.With(process: DeadProcessId()));
        File.CreateSymbolicLink(link, target);

        names.Folder.Prepare();

        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal(leadsSomewhere, File.Exists(target));
    }

    [UnixFact("Windows has no named pipes among its files")]
    public async Task A_named_pipe_of_such_a_name_stays_and_is_not_opened()
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        var pipe = NamedPipe.Make(folder.File(names.With(process: DeadProcessId())));
        await Task.Run(names.Folder.Prepare).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(File.Exists(pipe));
    }

    [Fact]
    public void A_file_of_such_a_name_that_a_process_holds_stays()
    {
        using var folder = new TemporaryFolder();
        using var names = new OwnNames(folder);
        var path = folder.File(names.With(process: DeadProcessId()));
        using var holder = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        names.Folder.Prepare();
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_listed_is_not_an_error()
    {
        using var folder = new TemporaryFolder();
        TemporaryFile.RemoveOrphans(folder.File("nowhere"));
        TemporaryFile.RemoveOrphans(folder.Write("file", []));
        Assert.Equal(["file"], folder.Names);
    }

    private static string DeadProcessId()
    {
        using var process = Process.Start(
            OperatingSystem.IsWindows() ? Programs.Start("cmd.exe", "/c", "exit") : Programs.Start("dotnet", "--version"))!;
        process.WaitForExit();
        return $"{process.Id}";
    }

    /// <summary>The name of this process's temporary file in a folder, and names that differ from it in one part.</summary>
    private sealed class OwnNames : IDisposable
    {
        private readonly PendingImage _image;
        private readonly string[] _parts;

        public OwnNames(TemporaryFolder folder)
        {
            Folder = new ImageFolder(folder.Path);
            _image = Folder.BeginImage(long.MaxValue);
            Own = Assert.Single(folder.Names);
            // tokaify, machine, process, start, number
            _parts = Own.Split('-');
        }

        public ImageFolder Folder { get; }

        public string Own { get; }

        /// <summary>Two seconds before the start of this process: an earlier process of the same number.</summary>
        public string Earlier => $"{long.Parse(_parts[3], CultureInfo.InvariantCulture) - (2 * TimeSpan.TicksPerSecond)}";

        public string With(string? machine = null, string? process = null, string? start = null, string? number = null) => string.Join(
            '-', _parts[0], machine ?? _parts[1], process ?? _parts[2], start ?? _parts[3], number is null ? _parts[4] : $"{number}.tmp");

        public void Dispose() => _image.Dispose();
    }
}
