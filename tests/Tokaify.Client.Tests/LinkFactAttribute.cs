using Xunit;

namespace Tokaify.Tests;

/// <summary>A test that makes symbolic links: skipped where they cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_canLink = new(CanLink);

    public LinkFactAttribute() => Skip = Reason;

    /// <summary>Why it is skipped here; null where links can be made.</summary>
    public static string? Reason => s_canLink.Value ? null : "makes a symbolic link, which on Windows takes a right that most users do not have";

    private static bool CanLink()
    {
        using var folder = new TemporaryFolder();
        var link = folder.File("link");
        try
        {
            File.CreateSymbolicLink(link, folder.Write("file", []));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // Wine says that it has made one.
        return File.Exists(link);
    }
}

/// <summary>The same, for each of its rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkTheoryAttribute : TheoryAttribute
{
    public LinkTheoryAttribute() => Skip = LinkFactAttribute.Reason;
}
