namespace Tokaify;

/// <summary>Appends complete lines to a file. The caller holds the file's lock.</summary>
internal static class JournalAppend
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Opens a file for appending; it is created if missing. Readers and other writers are allowed.</summary>
    /// <exception cref="IOException">It cannot be opened, or it is not a regular file.</exception>
    public static FileStream Open(string path)
    {
        RegularFile.EnsureNotSpecial(path);
        return new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
    }

    /// <summary>Appends lines with one system call: either all of them or none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">The lines, without their ends.</param>
    /// <param name="isDurable">Whether they have to be flushed to the disk. If a process ends, nothing is lost either way; if the machine
    /// fails, unflushed lines may be.</param>
    /// <returns>The offset of the first line. Each further line begins one byte after the end of the line before.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    public static long Write(string path, IReadOnlyCollection<byte[]> lines, bool isDurable)
    {
        using var file = Open(path);
        return Write(file, lines, isDurable);
    }

    /// <summary>The same for an open file.</summary>
    public static long Write(FileStream file, IReadOnlyCollection<byte[]> lines, bool isDurable)
    {
        var end = file.Length;
        // A process that was killed while it wrote leaves an incomplete line.
        var gap = EndsInLine(file) ? 0 : 1;
        var bytes = Join(lines, gap);
        file.Position = end;
        try
        {
            file.Write(bytes, 0, bytes.Length);
            if (isDurable)
            {
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // On a full disk, a part of it may have been written.
            file.SetLength(end);
            throw;
        }

        return end + gap;
    }

    private static byte[] Join(IReadOnlyCollection<byte[]> lines, int gap)
    {
        var bytes = new byte[gap + lines.Sum(line => line.Length + 1)];
        var position = gap;
        if (gap > 0)
        {
            bytes[0] = LineEnd;
        }

        foreach (var line in lines)
        {
            line.CopyTo(bytes, position);
            position += line.Length;
            bytes[position++] = LineEnd;
        }

        return bytes;
    }

    private static bool EndsInLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return true;
        }

        file.Position = file.Length - 1;
        return file.ReadByte() == LineEnd;
    }
}
