namespace Tokaify;

/// <summary>The one way to open a file that a user, or a file of the user's, names. Named pipes, sockets and devices are refused
/// before they are opened: they would wait for another process, or never end.</summary>
public static class RegularFile
{
    /// <summary>Opens a file for reading, even if other processes have it open. Not buffered.</summary>
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
            // Not buffered: all who read take whole blocks, and a second buffer would only copy.
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        // .NET Framework's, for what is not on a disk.
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

    /// <summary>Makes sure that a file says that it has bytes. Some files of the system say that they have none, and reading them
    /// waits for news.</summary>
    /// <exception cref="FormatException">It does not.</exception>
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

    /// <summary>Makes sure that a path does not lead to a named pipe, a socket or a device. There need be nothing.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">It does.</exception>
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
