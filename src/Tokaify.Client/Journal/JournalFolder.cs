using System.Globalization;

namespace Tokaify;

/// <summary>A folder of journals: each command writes a file of its own in it, and those that resume read all of them. So machines that
/// share nothing but a folder, whose locks may not reach from one to another, never write to one file.</summary>
internal sealed class JournalFolder
{
    private const string Extension = ".jsonl";
    private const string LockExtension = ".resume";
    private const string NoShares = "all";
    private const string Of = "of";
    private const int LongestMachine = 40;

    /// <summary>Names a folder; it need not exist yet.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="share">The share that the command takes, such as <c>3/8</c>; null for all.</param>
    public JournalFolder(string path, string? share)
    {
        Path = CanonicalPath.Of(path.TrimEnd(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar));
        Share = share?.Replace("/", Of) ?? NoShares;
    }

    /// <summary>Its canonical path.</summary>
    public string Path { get; }

    /// <summary>The share as file names have it: <c>3of8</c>, or <c>all</c>.</summary>
    public string Share { get; }

    /// <summary>Locked by the process that resumes for the share, as long as it does.</summary>
    public string ResumeLock => System.IO.Path.Combine(Path, $".{Share}{LockExtension}");

    /// <summary>The path of a file for a command that starts now: start, machine, share, and what no other command has. By their names,
    /// files are in the order of their beginnings.</summary>
    public string NewFile() => System.IO.Path.Combine(Path, string.Join(
        "-",
        DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        MachineName(),
        Share,
        Guid.NewGuid().ToString("N").Substring(0, 8)) + Extension);

    /// <summary>The journals in it, by their names.</summary>
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

    /// <summary>Whether a command for the same share has written a journal.</summary>
    public bool IsOfSameShare(string file) => System.IO.Path.GetFileName(file).Contains($"-{Share}-");

    /// <summary>The lock of a share of another number of shares, if a process holds one: its shares are cut otherwise, so that sources would
    /// belong to two processes at once.</summary>
    /// <returns>Null if no process does.</returns>
    public string? FindHeldOfOtherCount()
    {
        foreach (var path in Directory.GetFiles(Path, ".*" + LockExtension))
        {
            if (CountIn(System.IO.Path.GetFileName(path)) != CountIn($".{Share}{LockExtension}") && IsHeld(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Removes what a command no longer needs: its journal if it is empty, and the lock file if no other command waits for it.</summary>
    public static void Tidy(JournalPaths paths)
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
            // They are small.
        }
    }

    private static string CountIn(string lockName)
    {
        var share = lockName.Substring(1, lockName.Length - 1 - LockExtension.Length);
        return share.Substring(share.IndexOf(Of, StringComparison.Ordinal) + 1);
    }

    private static bool IsHeld(string path)
    {
        using var taken = JournalLock.TryTake(path);
        return taken is null;
    }

    private static string MachineName()
    {
        var name = new string([.. Environment.MachineName.Select(character =>
            character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' ? character : '_')]);
        return name.Length > LongestMachine ? name.Substring(0, LongestMachine) : name;
    }
}
