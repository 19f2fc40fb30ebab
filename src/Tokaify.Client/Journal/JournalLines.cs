namespace Tokaify;

/// <summary>Reads the lines of a journal with their offsets.</summary>
internal static class JournalLines
{
    // The greatest length of a line. No line of this module is longer.
    private const int Limit = 64 * 1024 * 1024;

    /// <summary>Reads the lines from an offset on.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="offset">The offset at which to start; a line has to begin there.</param>
    /// <returns>Each line, its offset, and whether it has a line end; only the last line may have none. The bytes are valid until the next
    /// line.</returns>
    public static IEnumerable<(long Offset, ReadOnlyMemory<byte> Line, bool IsEnded)> Read(string path, long offset = 0)
    {
        using var file = RegularFile.OpenRead(path);
        if (file.Length == 0)
        {
            yield break;
        }

        file.Position = offset;
        var buffer = new byte[64 * 1024];
        var filled = 0;
        int read;
        while ((read = file.Read(buffer, filled, buffer.Length - filled)) > 0)
        {
            filled += read;
            var start = 0;
            int length;
            while ((length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0)
            {
                yield return (offset + start, buffer.AsMemory(start, length), true);
                start += length + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            offset += start;
            filled -= start;
            if (filled == buffer.Length)
            {
                EnsureRoom(ref buffer, path);
            }
        }

        if (filled > 0)
        {
            yield return (offset, buffer.AsMemory(0, filled), false);
        }
    }

    private static void EnsureRoom(ref byte[] buffer, string path)
    {
        if (buffer.Length >= Limit)
        {
            throw new InvalidDataException($"a line of '{path}' is longer than {Limit} bytes");
        }

        Array.Resize(ref buffer, buffer.Length * 2);
    }
}
