using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>The temporary files of images that are not complete yet. Their names identify the process that created them, so that a later
/// run can remove the orphaned files, and only these.</summary>
internal static class TemporaryFile
{
    private const string Pattern = ".tokaify-*.tmp";

    // The start time that the system returns varies by a few clock ticks, and more if the clock was corrected since.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(5);

    // The tolerance for files with the id of this process. In a container, an earlier process often had the same id.
    private static readonly TimeSpan s_ownStartTolerance = TimeSpan.FromSeconds(1);

    // A process on another machine cannot be checked, so its files are treated as orphaned after a day.
    private static readonly TimeSpan s_otherMachineAge = TimeSpan.FromDays(1);

    private const string Name = @"\.tokaify-(?<machine>[0-9a-f]{8})-(?<process>[0-9]+)-(?<start>[0-9]+)-[0-9a-f]{32}\.tmp";

    private static readonly string s_machine = Hash(Environment.MachineName);
    private static readonly (int Id, DateTime Start) s_process = Self();
    private static readonly string s_owner = $"{s_machine}-{s_process.Id}-{s_process.Start.Ticks.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Creates a file to which no other process can write.</summary>
    public static FileStream Create(string folder, FileOptions options = FileOptions.None)
    {
        var path = Path.Combine(folder, $".tokaify-{s_owner}-{Guid.NewGuid():N}.tmp");
        // Not shared: the lock shows other processes that the file is in use. Not buffered: whole blocks are written.
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options);
    }

    /// <summary>Returns an error whose message names the folder instead of a temporary file, which no longer exists when the message is
    /// read.</summary>
    public static Exception Unnamed(Exception exception)
    {
        var message = Regex.Replace(exception.Message, $@"[\\/]{Name}", "", RegexOptions.CultureInvariant);
        return message == exception.Message ? exception : new IOException(message);
    }

    /// <summary>Closes and removes a file, if possible; otherwise a later run removes it.</summary>
    public static void Remove(FileStream? file)
    {
        if (file is not null)
        {
            Close(file);
            Remove(file.Name);
        }
    }

    /// <summary>Removes a file, if possible.</summary>
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

    /// <summary>Removes the orphaned files of a folder. It does not fail, whatever names the folder contains, and even if the folder cannot
    /// be listed.</summary>
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
            // It may still be possible to create files in the folder.
        }
    }

    private static void RemoveIfOrphaned(string path)
    {
        try
        {
            if (IsOrphaned(path) && IsOurs(path))
            {
                // This throws if the file is in use after all.
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
                File.Delete(path);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The file is in use, or this account may not remove it.
        }
    }

    private static bool IsOrphaned(string path)
    {
        var name = Regex.Match(Path.GetFileName(path), $@"\A{Name}\z", RegexOptions.CultureInvariant);
        return name.Success && (name.Groups["machine"].Value == s_machine
            ? TryParse(name, out var processId, out var start) && !IsAlive(processId, start)
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > s_otherMachineAge);
    }

    // A name with an impossible process id or time is not from this module.
    private static bool TryParse(Match name, out int processId, out DateTime start)
    {
        var isTime = long.TryParse(name.Groups["start"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks;
        start = isTime ? new DateTime(ticks, DateTimeKind.Utc) : default;
        return int.TryParse(name.Groups["process"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out processId)
            && processId > 0 && isTime;
    }

    // This module creates neither links nor named pipes, and opening one may lead to another file, or wait.
    private static bool IsOurs(string path) =>
        (File.GetAttributes(path) & (FileAttributes.ReparsePoint | FileAttributes.Directory)) == 0 && !RegularFile.IsSpecial(path);

    private static bool IsAlive(int processId, DateTime start)
    {
        if (processId == s_process.Id)
        {
            return (s_process.Start - start).Duration() < s_ownStartTolerance;
        }

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
            // The process exists, but its start time cannot be read.
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
            // The data that could not be written is no longer needed.
        }
    }

    private static (int Id, DateTime Start) Self()
    {
        using var process = Process.GetCurrentProcess();
        return (process.Id, process.StartTime.ToUniversalTime());
    }

    // The machine's name is hashed, because it may contain any character, and because it is private.
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
