namespace Tokaify;

/// <summary>Appends whole lines to a journal that other tasks and processes append to as well.</summary>
#pragma warning disable CA1001 // The semaphore makes no handle unless it is asked for one: there is nothing to let go of, and a line
// that is still on its way when the command ends is not to be lost.
public sealed class JournalWriter
#pragma warning restore CA1001
{
    private const byte LineEnd = (byte)'\n';

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Who could not be waited for once is not waited for as long at every line.
    private static readonly TimeSpan s_impatience = TimeSpan.FromMilliseconds(500);

    // The tasks of this process wait here, and one at a time out there.
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isFailing;
    private bool _hasWarned;

    /// <summary>Names a journal; it need not be there yet.</summary>
    /// <param name="path">A full path.</param>
    public JournalWriter(string path) => Path = path;

    /// <summary>The journal's full path.</summary>
    public string Path { get; }

    /// <summary>Makes the journal and its folder if they are missing, and makes sure that it can be written.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            using var turn = JournalLock.TakeAsync(Path, s_patience).GetAwaiter().GetResult();
            OpenFile().Dispose();
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(
                TokaifyErrorId.SaveFailed,
                $"The journal '{Path}' cannot be written: {exception.Message.TrimEnd('.')}. Nothing was sent. "
                + "Check its name and permissions, or choose another -JournalPath.",
                exception);
        }
    }

    /// <summary>Notes that a request was not sent, because what it asks for is there.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="result">What is there.</param>
    /// <returns>Why no line could be written; null where one was, or where it was said before.</returns>
    public string? AppendSkipped(ImageEdit edit, ImageEditResult result) =>
        AppendAsync(() => JournalEntry.Of(edit, edit.Fingerprint ?? RequestFingerprint.Of(edit.Request), result)).GetAwaiter().GetResult();

    /// <summary>Appends a line. It is not cancelled: what was paid for is to be known.</summary>
    /// <returns>Why it could not be; null where it could, or where it was said before.</returns>
    internal async Task<string?> AppendAsync(Func<JournalEntry> makeEntry)
    {
        try
        {
            var line = LineOf(makeEntry());
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                using var turn = await JournalLock.TakeAsync(Path, _isFailing ? s_impatience : s_patience).ConfigureAwait(false);
                Append(line);
                _isFailing = false;
                return null;
            }
            catch (Exception exception) when (ImageFolder.IsFileError(exception))
            {
                return Fail(exception);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (TokaifyException exception)
        {
            return exception.Message;
        }
    }

    private static byte[] LineOf(JournalEntry entry)
    {
        // A place before the line, for the end of one that somebody left without.
        var json = entry.ToLine();
        var line = new byte[json.Length + 2];
        line[0] = LineEnd;
        json.CopyTo(line, 1);
        line[line.Length - 1] = LineEnd;
        return line;
    }

    private void Append(byte[] line)
    {
        using var file = OpenFile();
        var end = file.Length;
        var start = EndsInLine(file) ? 1 : 0;
        file.Position = end;
        try
        {
            file.Write(line, start, line.Length - start);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A full disk may have taken half of it.
            file.SetLength(end);
            throw;
        }
    }

    // A process that was ended in the middle of a line leaves it torn.
    private static bool EndsInLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return true;
        }

        file.Position = file.Length - 1;
        return file.ReadByte() == LineEnd;
    }

    // Not buffered, so that a line is one call of the system. Readers are let in.
    private FileStream OpenFile()
    {
        RegularFile.EnsureNotSpecial(Path);
        return new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
    }

    private string? Fail(Exception exception)
    {
        var isFirst = !_hasWarned;
        _isFailing = _hasWarned = true;
        return isFirst
            ? $"The journal '{Path}' could not be written: {exception.Message.TrimEnd('.')}. The edits go on; what is not in it will be sent again by -Resume."
            : null;
    }
}
