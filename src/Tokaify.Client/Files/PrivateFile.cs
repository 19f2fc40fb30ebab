#if NET
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
#endif

namespace Tokaify;

/// <summary>A file that only its owner can read and write, in a folder that only its owner can access.</summary>
/// <remarks>On Windows, a folder that this class creates grants access only to its owner, and its files inherit this. On .NET Framework,
/// the folder keeps the access rights that it inherits from the user's own folder.</remarks>
internal static class PrivateFile
{
#if NET
    [UnsupportedOSPlatformGuard("windows")]
    private static bool HasModes => !OperatingSystem.IsWindows();

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode WriteOfOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
#endif

    /// <summary>Creates a folder if it is missing.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
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

    /// <summary>Restricts an open file to its owner. Does nothing on Windows, where the file inherits the access rights of its
    /// folder.</summary>
    public static void Protect(Stream stream)
    {
#if NET
        if (HasModes && stream is FileStream file)
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnerFile);
        }
#endif
    }

    /// <summary>Checks that no other user can change or replace a file. Does nothing on Windows.</summary>
    /// <exception cref="FormatException">Another user can.</exception>
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

    /// <summary>Returns the file to which a path leads. If the path is a link, this file is written, so that the link stays a
    /// link.</summary>
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
