namespace Tokaify;

/// <summary>Checks for full paths, which lead to the same file at every location and on every drive.</summary>
internal static class FullPath
{
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>Whether a path is full. On Windows, <c>\photos</c> and <c>C:photos</c> are not: the first depends on the current drive, the
    /// second on the location on its drive.</summary>
    /// <param name="path">A path; null is not full.</param>
    public static bool Is(string? path)
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

    private static bool IsSeparator(string path, int place) => place < path.Length && s_separators.Contains(path[place]);
}
