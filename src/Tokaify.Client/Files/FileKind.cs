namespace Tokaify;

/// <summary>What a path leads to, links followed.</summary>
internal enum FileKind
{
    /// <summary>The system does not say, or there is nothing. Opening it will tell.</summary>
    Unknown,

    /// <summary>A file with bytes of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe: opening it waits for another process.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device, such as <c>/dev/zero</c> or <c>NUL</c>: it may have no end, or wait for one.</summary>
    Device,

    /// <summary>An alternate stream of a file on NTFS, such as <c>photo.png:notes</c>.</summary>
    Stream,
}
