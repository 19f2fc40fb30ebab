using Xunit;

namespace Tokaify.Tests;

/// <summary>A test that creates symbolic links. It is skipped if they cannot be created.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_canLink = new(CanLink);

    public LinkFactAttribute() => Skip = Reason;

    /// <summary>The reason for skipping; null if links can be created.</summary>
    public static string? Reason => s_canLink.Value ? null : "creates a symbolic link, which needs a right on Windows that most users do not have";

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

        // Wine reports success without creating a link.
        return File.Exists(link);
    }
}

/// <summary>The same, for each of its rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkTheoryAttribute : TheoryAttribute
{
    public LinkTheoryAttribute() => Skip = LinkFactAttribute.Reason;
}
