namespace Tokaify;

/// <summary>The form of paths on this system. Any text is taken, while <see cref="Path"/> of .NET Framework throws for characters that
/// Windows does not allow.</summary>
internal static class FilePath
{
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>Whether a path is the same file at every location and on every drive. On Windows, <c>\photos</c> depends on the current
    /// drive, and <c>C:photos</c> on the location on its drive.</summary>
    /// <param name="path">A path; null is not full.</param>
    public static bool IsFull(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return false;
        }

        return Path.DirectorySeparatorChar == '\\'
            ? IsSeparator(path!, 0) ? IsSeparator(path!, 1) || path!.StartsWith(@"\??\", StringComparison.Ordinal)
                : char.ToUpperInvariant(path![0]) is >= 'A' and <= 'Z' && path.Length > 1 && path[1] == ':' && IsSeparator(path, 2)
            : IsSeparator(path!, 0);
    }

    /// <summary>Returns the name of a file: the text after the last separator.</summary>
    public static string NameOf(string path) => path.Substring(path.LastIndexOfAny(s_separators) + 1);

    /// <summary>Returns the folder of a file; null if the path has none, or cannot be a path.</summary>
    public static string? FolderOf(string path)
    {
        try
        {
            return Path.GetDirectoryName(path);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return null;
        }
    }

    /// <summary>Removes the separators at the end of a path, but for that of a root, such as <c>/</c> or <c>C:\</c>.</summary>
    /// <param name="path">A full path.</param>
    public static string WithoutEnd(string path)
    {
        var trimmed = path.TrimEnd(s_separators);
        return IsFull(trimmed) && trimmed[trimmed.Length - 1] != ':' ? trimmed : path;
    }

    private static bool IsSeparator(string path, int place) => place < path.Length && s_separators.Contains(path[place]);
}
