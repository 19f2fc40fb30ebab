using System.Text;

namespace Tokaify.PowerShell;

/// <summary>The identity of a source, which is the same on all machines: its path relative to the current location, without the extension,
/// in the same form on all systems. So <c>cat.png</c> and <c>cat.jpg</c> are in one share, and two machines never compete for a
/// name.</summary>
internal static class SourceIdentity
{
    private const string Decomposed = "e\u0301";

    // Without ICU (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT), .NET does not normalize texts.
    private static readonly bool s_normalizes = Decomposed.Normalize(NormalizationForm.FormC).Length == 1;

    /// <summary>The identity of a source.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="location">The full path of the current location.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the source is not below the location.</exception>
    public static string Of(string path, string location)
    {
        var folder = FolderOf(path, location);
        var name = Path.GetFileNameWithoutExtension(path);
        return Fold(folder.Length == 0 ? name : folder.Replace(Path.DirectorySeparatorChar, '/') + "/" + name);
    }

    /// <summary>The identity of an image from text alone.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="outputName">The template of its name; null if there is none.</param>
    public static string OfText(string prompt, string? outputName) => Fold($"{prompt}\n{outputName}");

    /// <summary>The folder of a source relative to the current location; empty for the location itself.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the source is not below the location.</exception>
    public static string FolderOf(string path, string location)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        // The path of the location may go through a link or a substituted drive, so canonical paths are compared as well.
        return Below(folder, Path.GetFullPath(location)) ?? Below(CanonicalPath.Of(folder), CanonicalPath.Of(location)) ?? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"'{path}' is not below the current location '{location}'. -Shard and -KeepFolder use the path from there: go to the folder "
            + "that contains all sources (Set-Location), the same one on every machine.");
    }

    private static string? Below(string folder, string location)
    {
        var root = location.TrimEnd(Path.DirectorySeparatorChar);
        if (CanonicalPath.Comparer.Equals(folder.TrimEnd(Path.DirectorySeparatorChar), root))
        {
            return "";
        }

        root += Path.DirectorySeparatorChar;
        return folder.Length > root.Length && CanonicalPath.Comparer.Equals(folder.Substring(0, root.Length), root)
            ? folder.Substring(root.Length)
            : null;
    }

    // A name that cannot be encoded, such as one with half of a surrogate pair on Windows, cannot be normalized.
    private static string Fold(string text)
    {
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        if (!s_normalizes && text.Any(character => character > '\u007F'))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"-Shard cannot assign '{text}' to a share: this process runs without ICU (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT), "
                + "so another "
                + "machine might assign it to another share. Install ICU and set the variable to 0.");
        }

        return new string([.. text.Normalize(NormalizationForm.FormC).Select(character => character is >= 'A' and <= 'Z' ? (char)(character | 0x20) : character)]);
    }
}
