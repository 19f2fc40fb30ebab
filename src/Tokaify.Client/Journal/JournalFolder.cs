using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>A folder of journals. Each command writes its own file in it, and commands that resume read all files. So machines that share
/// only a folder, whose locks may not work between machines, never write to the same file.</summary>
internal sealed class JournalFolder
{
    private const string Extension = ".jsonl";
    private const string LockExtension = ".resume";
    private const string NoShares = "all";
    private const string Of = "of";
    private const int LongestMachine = 40;

    /// <summary>Creates it for a folder, which need not exist yet.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="share">The share of the command, such as <c>3/8</c>; null for all sources.</param>
    public JournalFolder(string path, string? share)
    {
        Path = CanonicalPath.Of(FilePath.WithoutEnd(path));
        Share = share?.Replace("/", Of) ?? NoShares;
    }

    /// <summary>Its canonical path.</summary>
    public string Path { get; }

    /// <summary>The share as it is written in file names: <c>3of8</c>, or <c>all</c>.</summary>
    public string Share { get; }

    /// <summary>Locked by the process that resumes for the share, for as long as it does.</summary>
    public string ResumeLock => System.IO.Path.Combine(Path, $".{Share}{LockExtension}");

    /// <summary>Returns the path of a file for a command that starts now: time, machine, share, and a unique part. Sorted by name, the
    /// files are in the order in which the commands started.</summary>
    public string NewFile() => System.IO.Path.Combine(Path, string.Join(
        "-",
        DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        MachineName(),
        Share,
        Guid.NewGuid().ToString("N").Substring(0, 8)) + Extension);

    /// <summary>Returns its journals, sorted by name.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public IReadOnlyList<string> Files()
    {
        if (!Directory.Exists(Path))
        {
            return [];
        }

        var files = Directory.GetFiles(Path, "*" + Extension).Where(file => System.IO.Path.GetFileName(file)[0] != '.').ToList();
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Whether a journal was written for the same share.</summary>
    public bool IsOfSameShare(string file) => System.IO.Path.GetFileName(file).Contains($"-{Share}-");

    /// <summary>Finds a lock that a process holds for another number of shares. With another number, the sources are divided differently,
    /// so a source could belong to two processes.</summary>
    /// <returns>The path of the lock; null if there is none.</returns>
    public string? FindHeldOfOtherCount()
    {
        // The pattern is not ".*", because its meaning differs between systems.
        foreach (var path in Directory.GetFiles(Path, "*" + LockExtension))
        {
            if (CountIn(FilePath.NameOf(path)) is { } count && count != CountIn($".{Share}{LockExtension}") && IsHeld(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Removes the files that a command no longer needs: its journal if it is empty, and the lock file if no other command waits
    /// for it.</summary>
    public static void CleanUp(JournalPaths paths)
    {
        try
        {
            if (new FileInfo(paths.Journal) is { Exists: true, Length: 0 } empty)
            {
                empty.Delete();
            }

            File.Delete(paths.Lock);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The files stay; they are small.
        }
    }

    // The number of shares in the name of a lock file: "8" in ".3of8.resume", "all" in ".all.resume"; null for another file.
    private static string? CountIn(string lockName)
    {
        var share = Regex.Match(lockName, $@"\A\.(?:[0-9]+{Of}(?<count>[0-9]+)|(?<count>{NoShares}))\{LockExtension}\z", RegexOptions.CultureInvariant);
        return share.Success ? share.Groups["count"].Value : null;
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using var taken = JournalLock.TryTake(path, FileMode.Open);
            return taken is null;
        }
        catch (UnauthorizedAccessException)
        {
            // The file of another user, which may be readable.
            using var taken = JournalLock.TryTake(path, FileMode.Open, FileAccess.Read);
            return taken is null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static string MachineName()
    {
        var name = new string([.. Environment.MachineName.Select(character =>
            character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' ? character : '_')]);
        return name.Length > LongestMachine ? name.Substring(0, LongestMachine) : name;
    }
}
