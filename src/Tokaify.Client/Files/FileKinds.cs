#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Asks the system what a path leads to, without opening it: opening a named pipe waits for another process, and
/// opening a device may start something.</summary>
internal static class FileKinds
{
    /// <summary>What a path leads to.</summary>
    /// <param name="path">A full path.</param>
    public static FileKind Of(string path)
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            return WindowsPath.IsDevice(path) ? FileKind.Device
                : WindowsPath.IsStream(path) ? FileKind.Stream
                : FileKind.Unknown;
        }

#if NET
        return s_isTrusted ? Stat(path) : FileKind.Unknown;
#else
        return FileKind.Unknown;
#endif
    }

    /// <summary>A kind as a message names it.</summary>
    public static string Name(this FileKind kind) => kind switch
    {
        FileKind.Folder => "a folder",
        FileKind.Pipe => "a named pipe (FIFO)",
        FileKind.Socket => "a socket",
        FileKind.Stream => "an alternate stream of a file",
        _ => "a device",
    };

#if NET
    // The layout of libc's own stat differs from system to system; that of the runtime's is one for all. It is not documented, so
    // it is tried once on what is known, and not asked again if the result is wrong.
    private static readonly bool s_isTrusted = IsTrusted();

    private static bool IsTrusted()
    {
        try
        {
            return Stat("/") == FileKind.Folder
                && (Environment.ProcessPath is not { } process || Stat(process) == FileKind.Regular);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static FileKind Stat(string path)
    {
        const int ModeOffset = 4;
        const int FormatMask = 0xF000;
        const int ShortPath = 1024;
        var length = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        var name = length <= ShortPath ? stackalloc byte[ShortPath] : new byte[length];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        // Twice what is written to it.
        Span<byte> status = stackalloc byte[256];
        if (Stat(ref MemoryMarshal.GetReference(name), ref MemoryMarshal.GetReference(status)) != 0)
        {
            return FileKind.Unknown;
        }

        var mode = MemoryMarshal.Read<int>(status[ModeOffset..]);
        return (mode & FormatMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            0xC000 => FileKind.Socket,
            0x2000 or 0x6000 => FileKind.Device,
            _ => FileKind.Unknown,
        };
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(ref byte path, ref byte status);
#endif
}
