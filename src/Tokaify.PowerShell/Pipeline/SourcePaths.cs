using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Resolves the user's paths with PowerShell's location and drives, not with the process's current directory.</summary>
internal sealed class SourcePaths(PathIntrinsics paths)
{
    // Characters with a meaning in PowerShell.
    private const string Special = @":~`\*?[]";

    private const int LongestUrl = 80;

    // A URL has a scheme of several letters and two slashes. A drive of Windows has one letter, and a PowerShell drive is followed by one
    // slash.
    private static readonly Regex s_url = new(@"\A([a-z][a-z0-9+.\-]+://|data:[^/\\]*[/;,])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private (string Path, string Location, string Folder)? _folder;

    /// <summary>Returns the files of a path that may contain wildcards.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/>, or
    /// <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    /// <param name="path">The path.</param>
    /// <param name="withFolders">Whether folders are returned as well.</param>
    public IEnumerable<string> Expand(string path, bool withFolders = false)
    {
        EnsurePath(path);
        // If a file with exactly this name exists, it is used, even if the name has brackets.
        if (!IsPattern(path) || IsFile(path, withFolders))
        {
            return [Resolve(path)];
        }

        var found = Guard(path, () =>
        {
            var files = paths.GetResolvedProviderPathFromPSPath(path, out var provider);
            EnsureFileSystem(path, provider);
            // A pattern such as * also matches folders, which cannot be edited.
            return files.Where(file => withFolders || !Directory.Exists(file)).ToList();
        });
        return found.Count > 0 ? found : throw NotFound($"No file matches '{path}'. Check the name and the folder.");
    }

    /// <summary>Returns the full path of a literal path. The file need not exist.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/>, or
    /// <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public string Resolve(string path) => IsResolved(path)
        ? path
        : Guard(path, () =>
        {
            EnsurePath(path);
            var file = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            EnsureFileSystem(path, provider);
            return file;
        });

    /// <summary>The same for a folder that many rows name. It is resolved again only if the name or the location has changed.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public string ResolveFolder(string path)
    {
        var location = paths.CurrentLocation.Path;
        if (_folder is not { } known || known.Path != path || known.Location != location)
        {
            _folder = known = (path, location, Resolve(path));
        }

        return known.Folder;
    }

    // A backtick escapes the next wildcard. Tab completion writes names with brackets in this way.
    private static bool IsPattern(string path) =>
        WildcardPattern.ContainsWildcardCharacters(path) || path.IndexOf('`') >= 0;

    // Full paths without special characters are not resolved by PowerShell: outside of Windows, it reads the list of mounts for each path,
    // which takes a fifth of the time for a small image.
    private bool IsResolved(string path) =>
        Path.DirectorySeparatorChar == '/'
        && path.Length > 1
        && path[0] == '/'
        && path[path.Length - 1] != '/'
        && !path.Any(character => Special.IndexOf(character) >= 0)
        && path.IndexOf("//", StringComparison.Ordinal) < 0
        && path.IndexOf("/.", StringComparison.Ordinal) < 0
        && paths.CurrentLocation is { Provider.Name: "FileSystem", Drive.Root: "/" };

    private bool IsFile(string path, bool orFolder)
    {
        try
        {
            var file = paths.GetUnresolvedProviderPathFromPSPath(path, out _, out _);
            return File.Exists(file) || (orFolder && Directory.Exists(file));
        }
        catch (Exception exception) when (IsPathError(exception))
        {
            return false;
        }
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ItemNotFoundException)
        {
            throw NotFound($"There is no file '{path}'. Check the name.");
        }
        catch (Exception exception) when (IsPathError(exception))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"'{path}' is not a valid path: {exception.Message}", exception);
        }
    }

    private static void EnsurePath(string path)
    {
        UnusableInput.Check(path);
        if (s_url.IsMatch(path))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                Uri.TryCreate(path, UriKind.Absolute, out var address) && address.IsFile
                    ? $"'{path}' is a URL. Give the path of the file: '{address.LocalPath}'."
                    : $"'{TextSanitizer.Shorten(path, LongestUrl)}' is a URL, and only files and folders are accepted. To edit a "
                        + "picture of the "
                        + "web, download it first: Invoke-WebRequest -Uri … -OutFile picture.jpg.");
        }
    }

    private static void EnsureFileSystem(string path, ProviderInfo provider)
    {
        if (provider.Name != "FileSystem")
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}' is on a drive of {provider.Name}. Give a path in the file system.");
        }
    }

    private static bool IsPathError(Exception exception) =>
        exception is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException
            or PSArgumentException or PSInvalidOperationException or NotSupportedException or ArgumentException or IOException
            or WildcardPatternException;

    private static TokaifyException NotFound(string message) => new(TokaifyErrorId.FileNotFound, message);
}
