#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Asks the system whether files can be created in a folder, without creating one.</summary>
internal static class FileAccessCheck
{
    /// <summary>Returns the error that creating a file would cause; null if there is none, or if the system cannot be asked.</summary>
    /// <param name="folder">An existing folder.</param>
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
