namespace Tokaify;

/// <summary>Opens the files that a user, or a file of the user, names. Named pipes, sockets and devices are refused before they are opened,
/// because they would wait for another process, or never end.</summary>
public static class RegularFile
{
    /// <summary>Opens a file for reading without a buffer, even if other processes have it open.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">It is not a regular file, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        if (FileKinds.Of(path) is var kind and not (FileKind.Unknown or FileKind.Regular))
        {
            throw new NotRegularFileException(kind);
        }

        FileStream file;
        try
        {
            // Not buffered: all callers read whole blocks, and a second buffer would only add a copy.
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        // .NET Framework throws this for files that are not on a disk.
        catch (NotSupportedException)
        {
            throw new NotRegularFileException(FileKind.Device);
        }

        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        throw new NotRegularFileException(FileKind.Device);
    }

    /// <summary>Checks that the length of a file is not 0. Some system files have the length 0, and reading them waits for new
    /// data.</summary>
    /// <exception cref="FormatException">The length is 0.</exception>
    internal static void EnsureNotEmpty(FileStream file)
    {
        if (file.Length == 0)
        {
            throw new FormatException("it is empty");
        }
    }

    /// <summary>Whether a path leads to a named pipe, a socket, a device or an alternate stream.</summary>
    /// <param name="path">A full path.</param>
    public static bool IsSpecial(string path) => IsSpecial(FileKinds.Of(path));

    /// <summary>Checks that a path does not lead to a named pipe, a socket, a device or an alternate stream. The file need not
    /// exist.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">The path leads to such a file.</exception>
    public static void EnsureNotSpecial(string path)
    {
        var kind = FileKinds.Of(path);
        if (IsSpecial(kind))
        {
            throw new NotRegularFileException(kind);
        }
    }

    private static bool IsSpecial(FileKind kind) => kind is FileKind.Pipe or FileKind.Socket or FileKind.Device or FileKind.Stream;
}
