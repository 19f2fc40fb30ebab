using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>The files that images are in until they are whole. Their names tell which process they belong to, so that a later run
/// can remove the orphaned ones, and only those.</summary>
internal static class TemporaryFile
{
    private const string Pattern = ".tokaify-*.tmp";

    // A start time is read from the system with an error of a few clock ticks.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(5);

    // A process on another machine cannot be checked, so its files are treated as orphaned after a day.
    private static readonly TimeSpan s_otherMachineAge = TimeSpan.FromDays(1);

    private const string Name = @"\.tokaify-(?<machine>[0-9a-f]{8})-(?<process>[0-9]+)-(?<start>[0-9]+)-[0-9a-f]{32}\.tmp";

    private static readonly string s_machine = Hash(Environment.MachineName);
    private static readonly string s_owner = Owner();

    /// <summary>Makes one that no one else writes to.</summary>
    public static FileStream Create(string folder, FileOptions options = FileOptions.None)
    {
        var path = Path.Combine(folder, $".tokaify-{s_owner}-{Guid.NewGuid():N}.tmp");
        // Not shared: the lock tells other processes that the file is in use. No buffer: whole blocks are written.
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options);
    }

    /// <summary>An error whose message names folders instead of the temporary files in them: these are gone when it is read.</summary>
    public static Exception Unnamed(Exception exception)
    {
        var message = Regex.Replace(exception.Message, $@"[\\/]{Name}", "", RegexOptions.CultureInvariant);
        return message == exception.Message ? exception : new IOException(message);
    }

    /// <summary>Closes and removes one, as far as that is possible: a later run removes what is left.</summary>
    public static void Remove(FileStream? file)
    {
        if (file is not null)
        {
            Close(file);
            Remove(file.Name);
        }
    }

    /// <summary>Removes a file, as far as that is possible.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // A later run removes it.
        }
    }

    /// <summary>Removes the files of processes that are gone. Whatever names the folder holds, and even if it cannot be listed, it
    /// does not fail.</summary>
    public static void RemoveOrphans(string folder)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, Pattern))
            {
                RemoveIfOrphaned(path);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // Files may be made in it nevertheless.
        }
    }

    private static void RemoveIfOrphaned(string path)
    {
        try
        {
            if (IsOrphaned(path) && IsOurs(path))
            {
                // In use after all, where it cannot be locked.
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
                File.Delete(path);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // Not ours to remove.
        }
    }

    private static bool IsOrphaned(string path)
    {
        var name = Regex.Match(Path.GetFileName(path), $@"\A{Name}\z", RegexOptions.CultureInvariant);
        return name.Success && (name.Groups["machine"].Value == s_machine
            ? TryParse(name, out var processId, out var start) && !IsAlive(processId, start)
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > s_otherMachineAge);
    }

    // What no process can be called, or no clock say, was not named here.
    private static bool TryParse(Match name, out int processId, out DateTime start)
    {
        var isTime = long.TryParse(name.Groups["start"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks;
        start = isTime ? new DateTime(ticks, DateTimeKind.Utc) : default;
        return int.TryParse(name.Groups["process"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out processId)
            && processId > 0 && isTime;
    }

    // Links and named pipes are never made here; to open one may lead elsewhere, or wait.
    private static bool IsOurs(string path) =>
        (File.GetAttributes(path) & (FileAttributes.ReparsePoint | FileAttributes.Directory)) == 0 && !RegularFile.IsSpecial(path);

    private static bool IsAlive(int processId, DateTime start)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return (process.StartTime.ToUniversalTime() - start).Duration() < s_startTolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or NotSupportedException)
        {
            // It is there, and does not let itself be looked at.
            return true;
        }
    }

    private static void Close(FileStream file)
    {
        try
        {
            file.Dispose();
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // What could not be written is not wanted any more.
        }
    }

    private static string Owner()
    {
        using var process = Process.GetCurrentProcess();
        return string.Format(
            CultureInfo.InvariantCulture, "{0}-{1}-{2}", s_machine, process.Id, process.StartTime.ToUniversalTime().Ticks);
    }

    // The machine's name may hold any character, and it is private.
    private static string Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
