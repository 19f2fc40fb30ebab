namespace Tokaify;

/// <summary>Determines the meaning of a path on Windows from its text alone. It works on any system, because journals can contain paths of
/// other machines.</summary>
/// <remarks>The system is never asked: even checking whether a file exists makes Windows log in to the share's server.</remarks>
public static class WindowsPath
{
    private const string FileScheme = "file:";

    private static readonly char[] s_separators = ['\\', '/'];

    /// <summary>Returns the server and share of a path or a <c>file:</c> URL, or the root of a device name, in lower case; returns null for
    /// a path on this machine.</summary>
    /// <param name="path">A path.</param>
    public static string? ShareOf(string path)
    {
        if (path.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            path = PathOfUrl(path.Substring(FileScheme.Length));
        }

        if (!BeginsWithTwoSeparators(path) && !path.StartsWith(@"\??\", StringComparison.Ordinal))
        {
            return null;
        }

        var parts = path.Split(s_separators, StringSplitOptions.RemoveEmptyEntries).ToList();
        if (parts.Count > 0 && parts[0] is "?" or "." or "??")
        {
            parts.RemoveAt(0);
            if (parts.Count > 0 && IsVolume(parts[0]))
            {
                return null;
            }

            if (parts.Count > 0 && string.Equals(parts[0], "UNC", StringComparison.OrdinalIgnoreCase))
            {
                parts.RemoveAt(0);
            }
            else
            {
                parts.Insert(0, "?");
            }
        }

        return string.Join(@"\", parts.Take(2)).ToLowerInvariant();
    }

    /// <summary>Whether a path that comes from a file may be opened: it has to be on this machine, or on a share of one of the user's own
    /// paths.</summary>
    /// <param name="path">The path.</param>
    /// <param name="own">Paths that the user has named.</param>
    public static bool IsLocalOrBeside(string path, params string?[] own) =>
        ShareOf(path) is not { } share || own.Any(each => each is not null && ShareOf(each) == share);

    /// <summary>Whether a path names a device or a named pipe, and not a file.</summary>
    /// <param name="path">A path.</param>
    internal static bool IsDevice(string path)
    {
        if (ShareOf(path) is { } share)
        {
            var parts = share.Split('\\');
            return parts[0] == "?" || (parts.Length > 1 && parts[1] is "pipe" or "mailslot");
        }

        // A device name with an extension is a device on Windows 10 and a file on Windows 11. This is known only when the path is opened.
        return !path.StartsWith(@"\\?\", StringComparison.Ordinal)
            && SafeFileName.IsDevice(path.Substring(path.LastIndexOfAny(s_separators) + 1).TrimEnd(' ', '.', ':'));
    }

    /// <summary>Whether a path leads to a device on some version of Windows: <c>nul.txt</c> is a file on Windows 11 and a device on
    /// Windows 10.</summary>
    /// <param name="path">A path.</param>
    public static bool MayBeDevice(string path) =>
        IsDevice(path)
        || SafeFileName.IsDevice(path.Substring(path.LastIndexOfAny(s_separators) + 1).Split('.', ':')[0].TrimEnd(' '));

    /// <summary>Whether a path names an alternate stream of a file, as <c>photo.png:notes</c> does. Listings do not show it, and most ways
    /// to copy the file lose it, so data that is written to it would be lost.</summary>
    /// <param name="path">A path.</param>
    internal static bool IsStream(string path)
    {
        // The search for a colon starts after the prefix of a device name, and after a drive letter.
        var start = BeginsWithTwoSeparators(path) && path.Length > 3 && path[2] is '?' or '.' && s_separators.Contains(path[3]) ? 4 : 0;
        return path.LastIndexOf(':') > start + 1;
    }

    // file://server/share, file:////server/share, file:///C:/folder, file://localhost/C:/folder.
    private static string PathOfUrl(string rest)
    {
        var slashes = rest.Length - rest.TrimStart(s_separators).Length;
        var plain = rest.Substring(slashes);
        return slashes is 2 && !plain.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) || slashes > 3
            ? @"\\" + plain
            : plain;
    }

    private static bool BeginsWithTwoSeparators(string path) =>
        path.Length > 1 && s_separators.Contains(path[0]) && s_separators.Contains(path[1]);

    private static bool IsVolume(string part) =>
        (part.Length == 2 && part[1] == ':' && char.ToUpperInvariant(part[0]) is >= 'A' and <= 'Z')
        || part.StartsWith("Volume{", StringComparison.OrdinalIgnoreCase);
}
