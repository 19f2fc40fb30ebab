#if NET
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
#endif

namespace Tokaify;

/// <summary>A file that its owner alone may read and write, in a folder of the same kind.</summary>
/// <remarks>On Windows, a folder that is made here is its owner's alone, and files in it inherit that; .NET Framework leaves it at what
/// the user's own folder passes on.</remarks>
internal static class PrivateFile
{
#if NET
    [UnsupportedOSPlatformGuard("windows")]
    private static bool HasModes => !OperatingSystem.IsWindows();

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode WriteOfOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
#endif

    /// <summary>Makes a folder, if it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

#if NET
        if (HasModes)
        {
            Directory.CreateDirectory(folder, OwnerFolder);
            return;
        }

        CreateOnWindows(folder);
#else
        Directory.CreateDirectory(folder);
#endif
    }

    /// <summary>Makes a file that is open the owner's alone.</summary>
    public static void Protect(Stream stream)
    {
#if NET
        if (HasModes && stream is FileStream file)
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnerFile);
        }
#endif
    }

    /// <summary>Makes sure that no other user can have written a file, nor have put it there.</summary>
    /// <exception cref="FormatException">Another one can.</exception>
    public static void EnsureOwn(string path)
    {
#if NET
        if (!HasModes)
        {
            return;
        }

        var file = TargetOf(path);
        foreach (var each in new[] { file, Path.GetDirectoryName(file)!, Path.GetDirectoryName(path)! })
        {
            if ((File.GetUnixFileMode(each) & WriteOfOthers) != 0)
            {
                throw new FormatException($"other users can write '{each}'. Look whether it is as you left it, then run chmod go-w on it");
            }

            if (FileKinds.OwnerOf(each) is { } owner && owner != 0 && owner != EffectiveUser())
            {
                throw new FormatException($"'{each}' belongs to another user");
            }
        }
#endif
    }

    /// <summary>The file that a path leads to: a link to a file elsewhere stays a link.</summary>
    public static string TargetOf(string path)
    {
#if NET
        return new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
#else
        return path;
#endif
    }

#if NET
    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string folder)
    {
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(
            WindowsIdentity.GetCurrent().User!,
            FileSystemRights.FullControl,
            InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None,
            AccessControlType.Allow));
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        new DirectoryInfo(folder).Create(security);
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
#endif
}
