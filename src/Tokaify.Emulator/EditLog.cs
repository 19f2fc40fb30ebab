using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>Counts the edits that got an image, and logs the outcome of each edit.</summary>
internal sealed class EditLog : IDisposable
{
    private readonly object _lock = new();
    private readonly FileStream? _file;
    private bool _isClosed;
    private long _goodCount;

    /// <param name="path">The log file, to which lines of JSON are appended; null for no log.</param>
    public EditLog(string? path)
    {
        if (path is not null)
        {
            RegularFile.EnsureNotSpecial(path);
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    public long GoodCount => Interlocked.Read(ref _goodCount);

    public void Add(EditRecord record)
    {
        if (record.IsGood)
        {
            Interlocked.Increment(ref _goodCount);
        }

        if (_file is not null)
        {
            WriteLine(record);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _file?.Dispose();
        }
    }

    private void WriteLine(EditRecord record)
    {
        var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            record.Write(json);
        }

        line.WriteByte((byte)'\n');
        lock (_lock)
        {
            if (!_isClosed)
            {
                _file!.Write(line.GetBuffer(), 0, (int)line.Length);
                _file.Flush();
            }
        }
    }
}
