namespace Tokaify.Tests;

/// <summary>The files of <c>tests/pictures</c>; its README says how each was made.</summary>
internal static class TestImages
{
    private static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "pictures");

    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Folder).Where(path => !path.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static string Path(string name) => System.IO.Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));
}
