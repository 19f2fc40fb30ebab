#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Renames a file to a name that is free. If several processes or threads try, only one gets the name.</summary>
internal static class FileMove
{
    private static readonly object s_lock = new();

    /// <summary>Moves a file within its folder.</summary>
    /// <returns>False if the name is taken.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static bool TryMove(string from, string to)
    {
#if NET
        // On Unix, File.Move first checks whether the name is free and then renames, so another process may take the name in between. A
        // hard link is created in one step, or fails.
        if (!OperatingSystem.IsWindows() && TryLink(from, to) is { } linked)
        {
            if (linked)
            {
                // The file is in place. If its first name cannot be removed, it is an orphaned file that a later run removes.
                TemporaryFile.Remove(from);
            }

            return linked;
        }
#endif
        lock (s_lock)
        {
            return TryRename(from, to);
        }
    }

    /// <summary>Moves a file within its folder and replaces an existing one.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static void Replace(string from, string to)
    {
#if NET
        File.Move(from, to, overwrite: true);
#else
        if (!TryMove(from, to))
        {
            File.Replace(from, to, destinationBackupFileName: null);
        }
#endif
    }

    private static bool TryRename(string from, string to)
    {
        if (File.Exists(to) || Directory.Exists(to))
        {
            return false;
        }

        try
        {
            File.Move(from, to);
            return true;
        }
        catch (IOException) when (File.Exists(to) && File.Exists(from))
        {
            return false;
        }
    }

#if NET
    // Returns null if the file system has no hard links, as on many memory cards and shares.
    private static bool? TryLink(string from, string to)
    {
        const int FileExists = 17;
        if (Link(PathBytes(from), PathBytes(to)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == FileExists ? false : null;
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] from, byte[] to);

    private static byte[] PathBytes(string path) => Encoding.UTF8.GetBytes(path + '\0');
#endif
}
