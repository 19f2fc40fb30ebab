namespace Tokaify;

/// <summary>Converts paths of files to paths relative to a folder, with slashes on every system.</summary>
internal static class RelativePath
{
    private static readonly StringComparer s_names =
        Path.DirectorySeparatorChar == '\\' ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Returns the path of a file relative to a folder; its full path if they have only the root in common.</summary>
    /// <param name="folder">A full path.</param>
    /// <param name="path">A full path.</param>
    public static string From(string folder, string path)
    {
        var from = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        var to = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar);
        var shared = from.Zip(to, s_names.Equals).TakeWhile(isSame => isSame).Count();
        // The first part is the drive, or the empty text before the first slash. A file with nothing else in common does not move with the
        // folder.
        return shared < 2 || !s_names.Equals(Path.GetPathRoot(folder), Path.GetPathRoot(path))
            ? path
            : string.Join("/", Enumerable.Repeat("..", from.Length - shared).Concat(to.Skip(shared)));
    }

    /// <summary>Returns the full path for a result of <see cref="From"/>.</summary>
    public static string Resolve(string folder, string path) =>
        Path.GetFullPath(Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)));
}
