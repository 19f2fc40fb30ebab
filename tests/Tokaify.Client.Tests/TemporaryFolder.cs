namespace Tokaify.Tests;

/// <summary>A folder of a test, which is removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tokaify-tests-").FullName;

    /// <summary>The names of its files and folders, in ordinal order.</summary>
    public IEnumerable<string> Names =>
        Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    /// <summary>The lines of a file that another process may have open for writing. On Windows, reading needs the matching share
    /// mode.</summary>
    public static IReadOnlyList<string> LinesOf(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
