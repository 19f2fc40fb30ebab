namespace Tokaify;

/// <summary>Paths of files as they are seen from a folder, with slashes on every system.</summary>
internal static class RelativePath
{
    private static readonly StringComparer s_names =
        Path.DirectorySeparatorChar == '\\' ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The path of a file from a folder on; its full path where the two share nothing but the root.</summary>
    /// <param name="folder">A full path.</param>
    /// <param name="path">A full path.</param>
    public static string From(string folder, string path)
    {
        var from = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        var to = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar);
        var shared = from.Zip(to, s_names.Equals).TakeWhile(isSame => isSame).Count();
        // The first is the drive, or what is before the first slash: a folder that lies elsewhere altogether does not move along.
        return shared < 2 || !s_names.Equals(Path.GetPathRoot(folder), Path.GetPathRoot(path))
            ? path
            : string.Join("/", Enumerable.Repeat("..", from.Length - shared).Concat(to.Skip(shared)));
    }

    /// <summary>The full path of what <see cref="From"/> made.</summary>
    public static string Resolve(string folder, string path) =>
        Path.GetFullPath(Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)));
}
