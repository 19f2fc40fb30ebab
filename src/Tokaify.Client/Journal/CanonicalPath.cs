using System.Runtime.InteropServices;
#if NET
using System.Text;
#endif
using Microsoft.Win32.SafeHandles;

namespace Tokaify;

/// <summary>The canonical path of a file that may have several paths: links are followed, and on Windows case, short names and drives that
/// stand for folders are resolved.</summary>
internal static class CanonicalPath
{
    /// <summary>Whether two canonical paths are the same.</summary>
    public static StringComparer Comparer { get; } = IsWindows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static bool IsWindows => Path.DirectorySeparatorChar == '\\';

    /// <summary>Returns the canonical path. If the file does not exist yet, the missing parts of the path are kept as they are.</summary>
    /// <param name="path">A full path.</param>
    public static string Of(string path)
    {
        // ".." removes the name before it without following a link first, as in all .NET calls that open files.
        path = Path.GetFullPath(path);
        var rest = "";
        for (var place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            if (Resolve(place) is { } resolved)
            {
                return rest.Length == 0 ? resolved : Path.Combine(resolved, rest);
            }

            rest = Path.Combine(Path.GetFileName(place), rest);
        }

        return path;
    }

    // Returns null if the file does not exist, or if the system does not know.
    private static string? Resolve(string path) => IsWindows ? ResolveOnWindows(path) : ResolveOnUnix(path);

    private static string? ResolveOnWindows(string path)
    {
        const int OpenExisting = 3;
        const int BackupSemantics = 0x02000000;
        const int ShareAll = 7;
        // Opening a device may have an effect, even if only its name is read.
        if (WindowsPath.IsDevice(path))
        {
            return null;
        }

        using var handle = CreateFile(path, 0, ShareAll, IntPtr.Zero, OpenExisting, BackupSemantics, IntPtr.Zero);
        if (handle.IsInvalid)
        {
            return null;
        }

        var name = new char[32 * 1024];
        var length = GetFinalPathNameByHandle(handle, name, name.Length, 0);
        return length > 0 && length < name.Length ? WithoutPrefix(new string(name, 0, length)) : null;
    }

    private static string WithoutPrefix(string path)
    {
        const string Share = @"\\?\UNC\";
        const string Local = @"\\?\";
        return path.StartsWith(Share, StringComparison.OrdinalIgnoreCase) ? @"\\" + path.Substring(Share.Length)
            : path.StartsWith(Local, StringComparison.Ordinal) ? path.Substring(Local.Length)
            : path;
    }

    [DllImport("kernel32", EntryPoint = "CreateFileW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern SafeFileHandle CreateFile(
        string path, int access, int share, IntPtr security, int creation, int flags, IntPtr template);

    [DllImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetFinalPathNameByHandle(
        SafeFileHandle handle, [Out] char[] name, int length, int flags);

#if NET
    private static string? ResolveOnUnix(string path)
    {
        // PATH_MAX is at most 4,096.
        var resolved = new byte[8 * 1024];
        return RealPath(Encoding.UTF8.GetBytes(path + '\0'), resolved) == IntPtr.Zero
            ? null
            : Encoding.UTF8.GetString(resolved, 0, Array.IndexOf(resolved, (byte)0));
    }

    [DllImport("libc", EntryPoint = "realpath", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr RealPath(byte[] path, [Out] byte[] resolved);
#else
    // This build is for Windows. On other systems, only its tests run, on Mono.
    private static string? ResolveOnUnix(string path) => null;
#endif
}
