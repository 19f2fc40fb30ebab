namespace Tokaify;

/// <summary>The kind of file that a path leads to, with links followed.</summary>
internal enum FileKind
{
    /// <summary>The system does not say, or there is no file. The kind is known only when the path is opened.</summary>
    Unknown,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe: opening it waits for another process.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device, such as <c>/dev/zero</c> or <c>NUL</c>: it may have no end, or reading it may wait.</summary>
    Device,

    /// <summary>An alternate stream of a file on NTFS, such as <c>photo.png:notes</c>.</summary>
    Stream,
}
