using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>The lock for resuming from a journal. One process has it at a time. The system releases it when that process ends, for whatever
/// reason.</summary>
internal sealed class ResumeLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _holder;

    private ResumeLock(FileStream held, string holder)
    {
        _lock = held;
        _holder = holder;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="paths">The journal's files.</param>
    /// <returns>The lock, to be disposed of when no command resumes any more; null if another process has it.</returns>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static ResumeLock? TryTake(JournalPaths paths)
    {
        if (JournalLock.TryTake(paths.ResumeLock) is not { } held)
        {
            return null;
        }

        try
        {
            if (paths.Folder?.FindHeldOfOtherCount() is not null)
            {
                held.Dispose();
                return null;
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }

        try
        {
            File.WriteAllBytes(paths.Holder, JournalHolder.Current().ToJson());
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The lock is still held; only the message in other processes has fewer details.
        }

        return new ResumeLock(held, paths.Holder);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The next holder overwrites it.
        }

        _lock.Dispose();
    }
}

/// <summary>The process that resumes from a journal, and since when.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="ProcessId">The id of the process on that machine.</param>
/// <param name="ProcessName">The process's name.</param>
/// <param name="SinceUtc">When it began.</param>
internal sealed record JournalHolder(string Host, int ProcessId, string ProcessName, DateTime SinceUtc)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static JournalHolder Current()
    {
        using var process = Process.GetCurrentProcess();
        return new JournalHolder(Environment.MachineName, process.Id, process.ProcessName, DateTime.UtcNow);
    }

    /// <summary>Reads the holder of a lock; returns null if it is not known.</summary>
    public static JournalHolder? Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var json = JsonDocument.Parse(file);
            return new JournalHolder(
                NameIn(json.RootElement, "host"),
                json.RootElement.GetProperty("process").GetInt32(),
                NameIn(json.RootElement, "name"),
                json.RootElement.GetProperty("since").GetDateTime().ToUniversalTime());
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception)
            || exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    // Any program may have written the file.
    private static string NameIn(JsonElement json, string field) => TextSanitizer.Shorten(
        TextSanitizer.InOneLine(ControlCharacters.Remove(json.GetProperty(field).GetString() ?? "")), TextSanitizer.NameLength);

    public byte[] ToJson() => CanonicalJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("host", Host);
        json.WriteNumber("process", ProcessId);
        json.WriteString("name", ProcessName);
        json.WriteString("since", SinceUtc.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    /// <summary>The text for a message.</summary>
    public override string ToString() =>
        $"process {ProcessId} ({ProcessName}) on {Host} resumes from it, since "
        + $"{SinceUtc.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC";
}
