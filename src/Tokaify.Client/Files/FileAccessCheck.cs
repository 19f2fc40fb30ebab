#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Asks the system whether files may be made in a folder, without making one.</summary>
internal static class FileAccessCheck
{
    /// <summary>What would go wrong; null for nothing, or where the system cannot be asked.</summary>
    /// <param name="folder">A folder that is there.</param>
    public static Exception? FindFlaw(string folder)
    {
#if NET
        const int WriteAndSearch = 2 | 1;
        const int ReadOnlyFileSystem = 30;
        if (OperatingSystem.IsWindows() || Access(Encoding.UTF8.GetBytes(folder + '\0'), WriteAndSearch) == 0)
        {
            return null;
        }

        return Marshal.GetLastPInvokeError() == ReadOnlyFileSystem
            ? new IOException($"The file system of '{folder}' is read-only.")
            : new UnauthorizedAccessException($"Access to the path '{folder}' is denied.");
#else
        return null;
#endif
    }

#if NET
    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access(byte[] path, int mode);
#endif
}
