using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>The files that pictures are in until they are whole. Their names tell whose they are, so that a later run can
/// remove those of the dead, and only those.</summary>
internal static class TemporaryFile
{
    private const string Pattern = ".tokaify-*.tmp";

    // A start time is read from the system with an error of a few clock ticks.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(5);

    // What another machine's process left in a shared folder cannot be asked after; after a day it is no longer at work.
    private static readonly TimeSpan s_otherMachineAge = TimeSpan.FromDays(1);

    private const string Name = @"^\.tokaify-(?<machine>[0-9a-f]{8})-(?<process>\d+)-(?<start>\d+)-[0-9a-f]{32}\.tmp$";

    private static readonly string s_machine = Hash(Environment.MachineName);
    private static readonly string s_owner = Owner();

    /// <summary>Makes one that no one else writes to.</summary>
    public static FileStream Create(string folder, FileOptions options = FileOptions.None)
    {
        var path = Path.Combine(folder, $".tokaify-{s_owner}-{Guid.NewGuid():N}.tmp");
        // Not shared: the lock is what tells the others that somebody is still at it. No buffer: whole blocks are written.
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options);
    }

    /// <summary>Removes the files of processes that are gone.</summary>
    public static void RemoveLeavings(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, Pattern))
        {
            var name = Regex.Match(Path.GetFileName(path), Name, RegexOptions.CultureInvariant);
            if (name.Success && IsLeft(name, path))
            {
                TryRemove(path);
            }
        }
    }

    private static bool IsLeft(Match name, string path) => name.Groups["machine"].Value == s_machine
        ? !IsAlive(
            int.Parse(name.Groups["process"].Value, CultureInfo.InvariantCulture),
            new DateTime(long.Parse(name.Groups["start"].Value, CultureInfo.InvariantCulture), DateTimeKind.Utc))
        : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > s_otherMachineAge;

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

    private static void TryRemove(string path)
    {
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
            }

            File.Delete(path);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // In use after all, or not ours to remove.
        }
    }

    private static string Owner()
    {
        using var process = Process.GetCurrentProcess();
        return string.Format(
            CultureInfo.InvariantCulture, "{0}-{1}-{2}", s_machine, process.Id, process.StartTime.ToUniversalTime().Ticks);
    }

    // The machine's name itself may hold anything, and is nobody's business.
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
