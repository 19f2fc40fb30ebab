using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Creates links from a page to files: relative to the page's folder if possible, so that the folder can be moved with its
/// content, else absolute (<c>file:</c>, RFC 8089).</summary>
/// <remarks>The form of a path decides how it is parsed, not the operating system, because results may come from other machines.</remarks>
internal static class FileUrl
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /// <summary>Whether a path begins with a root, of Windows or of another system.</summary>
    public static bool IsRooted(string path) => (path.Length > 0 && path[0] == '/') || IsWindows(path);

    /// <summary>Whether a path begins with a drive or a share of Windows.</summary>
    public static bool IsWindows(string path) =>
        path.StartsWith(@"\\", StringComparison.Ordinal)
        || (path.Length > 2 && path[1] == ':' && path[2] is '\\' or '/' && char.ToUpperInvariant(path[0]) is >= 'A' and <= 'Z');

    /// <summary>The last part of a path; for a root, the root itself.</summary>
    public static string NameOf(string path) => Split(path).Last() is { Length: > 0 } name ? name : path;

    /// <summary>The URL of a file.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="folder">The full path of the page's folder.</param>
    public static string Of(string path, string folder)
    {
        var to = Split(path);
        var from = Split(folder);
        var names = IsWindows(path) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var shared = IsWindows(path) == IsWindows(folder) ? from.Zip(to, names.Equals).TakeWhile(isSame => isSame).Count() : 0;
        // The first part is the root. If the paths share only the root, the URL is absolute.
        return shared < 2
            ? FromRoot(path, to)
            : string.Join("/", Enumerable.Repeat("..", from.Count - shared).Concat(to.Skip(shared).Select(Escape)));
    }

    private static string FromRoot(string path, List<string> parts)
    {
        var names = string.Join("/", parts.Skip(1).Select(Escape));
        return !IsWindows(path) ? "file:///" + names
            : parts[0].Length == 2 && parts[0][1] == ':' ? $"file:///{parts[0]}/{names}"
            : $"file://{parts[0]}/{names}";
    }

    // The first part is the root: empty, a drive (C:), or a share's server and name (server/share).
    private static List<string> Split(string path)
    {
        if (!IsWindows(path))
        {
            return [.. path.TrimEnd('/').Split('/')];
        }

        var plain = path.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase) ? @"\\" + path.Substring(8)
            : path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path.Substring(4)
            : path;
        var parts = plain.Split(['\\', '/'], StringSplitOptions.RemoveEmptyEntries).ToList();
        if (plain.StartsWith(@"\\", StringComparison.Ordinal) && parts.Count > 1)
        {
            parts[0] = $"{Escape(parts[0])}/{Escape(parts[1])}";
            parts.RemoveAt(1);
        }

        return parts.Count > 0 ? parts : [""];
    }

    private static string Escape(string name)
    {
        var url = new StringBuilder(name.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            _ = Unreserved.IndexOf((char)octet) >= 0 ? url.Append((char)octet) : url.Append('%').Append(octet.ToString("X2", null));
        }

        return url.ToString();
    }
}
