namespace Tokaify;

/// <summary>Appends whole lines to a file of lines. The caller holds the file's lock.</summary>
internal static class JournalAppend
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Opens a file to be appended to; it is made if missing. Readers and other writers are let in.</summary>
    /// <exception cref="IOException">It cannot be opened, or it is not a regular file.</exception>
    public static FileStream Open(string path)
    {
        RegularFile.EnsureNotSpecial(path);
        return new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
    }

    /// <summary>Appends lines with one call of the system: all of them, or none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">The lines, without their ends.</param>
    /// <param name="isDurable">Whether they have to be on the disk: a process that ends loses nothing either way, a machine does.</param>
    /// <returns>Where the first line begins. Each further one begins one byte behind the line before.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    public static long Write(string path, IReadOnlyCollection<byte[]> lines, bool isDurable)
    {
        using var file = Open(path);
        return Write(file, lines, isDurable);
    }

    /// <summary>The same, of a file that is open.</summary>
    public static long Write(FileStream file, IReadOnlyCollection<byte[]> lines, bool isDurable)
    {
        var end = file.Length;
        // A process that was ended in the middle of a line leaves it torn.
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
            // A full disk may have taken half of it.
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
