#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Asks the system for the kind of a file without opening it: opening a named pipe waits for another process, and opening a device
/// may have an effect.</summary>
internal static class FileKinds
{
    /// <summary>Returns the kind of file that a path leads to.</summary>
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

    /// <summary>The name of a kind in messages.</summary>
    public static string Name(this FileKind kind) => kind switch
    {
        FileKind.Folder => "a folder",
        FileKind.Pipe => "a named pipe (FIFO)",
        FileKind.Socket => "a socket",
        FileKind.Stream => "an alternate stream of a file",
        _ => "a device",
    };

#if NET
    /// <summary>Returns the user id of the owner of a file or folder; null if it cannot be determined.</summary>
    internal static uint? OwnerOf(string path)
    {
        const int OwnerOffset = 8;
        Span<byte> status = stackalloc byte[StatusLength];
        return s_isTrusted && TryStat(path, status) ? MemoryMarshal.Read<uint>(status[OwnerOffset..]) : null;
    }

    // Twice the length that is written to it.
    private const int StatusLength = 256;

    // The layout of libc's stat differs between systems; that of the runtime's shim is the same on all. The shim is not documented, so it
    // is tried once on known files, and not used if the result is wrong.
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
        Span<byte> status = stackalloc byte[StatusLength];
        if (!TryStat(path, status))
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

    private static bool TryStat(string path, Span<byte> status)
    {
        const int ShortPath = 1024;
        var length = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        var name = length <= ShortPath ? stackalloc byte[ShortPath] : new byte[length];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        return Stat(ref MemoryMarshal.GetReference(name), ref MemoryMarshal.GetReference(status)) == 0;
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat(ref byte path, ref byte status);
#endif
}
