#if NET
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Tokaify;

/// <summary>Renames a file to a name that no other file has. The first process or thread to claim the name gets it.</summary>
internal static class FileMove
{
    private static readonly object s_lock = new();

    /// <summary>Moves a file within its folder.</summary>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static bool TryMove(string from, string to)
    {
#if NET
        // Off Windows, File.Move looks whether the name is free and then renames: another may come between. A second name
        // for the same file is made in one step or not at all.
        if (!OperatingSystem.IsWindows() && TryLink(from, to) is { } linked)
        {
            if (linked)
            {
                // The file is in place; a first name that stays is an orphan that a later run removes.
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

    /// <summary>Moves a file within its folder, over another one if there is one.</summary>
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
    // Null where the file system has no second names, as on many memory cards and shares.
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
