using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Finds the files that a user's paths mean: against PowerShell's location and drives, not the process's.</summary>
internal sealed class SourcePaths(PathIntrinsics paths)
{
    // Characters with a meaning in PowerShell.
    private const string Special = @":~`\*?[]";

    private const int LongestUrl = 80;

    // A drive of Windows has one letter, and behind PowerShell's own drives stands one slash.
    private static readonly Regex s_url = new(@"\A([a-z][a-z0-9+.\-]+://|data:[^/\\]*[/;,])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private (string Path, string Location, string Folder)? _folder;

    /// <summary>The files of a path that may hold wildcards.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> or <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    /// <param name="path">The path.</param>
    /// <param name="withFolders">Whether folders are meant as well.</param>
    public IEnumerable<string> Expand(string path, bool withFolders = false)
    {
        EnsurePath(path);
        // A name that is there as it stands is meant as it stands, brackets or not.
        if (!IsPattern(path) || IsFile(path, withFolders))
        {
            return [Resolve(path)];
        }

        var found = Guard(path, () =>
        {
            var files = paths.GetResolvedProviderPathFromPSPath(path, out var provider);
            EnsureFileSystem(path, provider);
            // Folders that a pattern happens to match are not what was meant.
            return files.Where(file => withFolders || !Directory.Exists(file)).ToList();
        });
        return found.Count > 0 ? found : throw NotFound($"No file matches '{path}'. Check the name and the folder.");
    }

    /// <summary>The file of a path taken as it stands. It need not exist.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> or <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public string Resolve(string path) => IsResolved(path)
        ? path
        : Guard(path, () =>
        {
            EnsurePath(path);
            var file = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            EnsureFileSystem(path, provider);
            return file;
        });

    /// <summary>The same for a folder that many rows name: it is looked up anew only where the name or the location has changed.</summary>
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

    // A backtick takes its meaning from the wildcard after it: so Tab completes a name with brackets.
    private static bool IsPattern(string path) =>
        WildcardPattern.ContainsWildcardCharacters(path) || path.IndexOf('`') >= 0;

    // PowerShell reads the list of mounts for each path it resolves, off Windows: a fifth of what a small image costs.
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
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"'{path}' is no path: {exception.Message}", exception);
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
                    ? $"'{path}' is a URL. Name the file itself: '{address.LocalPath}'."
                    : $"'{TextSanitizer.Shorten(path, LongestUrl)}' is a URL, and only files and folders are taken. To edit a picture of the "
                        + "web, download it first: Invoke-WebRequest -Uri … -OutFile picture.jpg.");
        }
    }

    private static void EnsureFileSystem(string path, ProviderInfo provider)
    {
        if (provider.Name != "FileSystem")
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}' lies on a drive of {provider.Name}; pictures are files.");
        }
    }

    private static bool IsPathError(Exception exception) =>
        exception is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException
            or PSArgumentException or PSInvalidOperationException or NotSupportedException or ArgumentException or IOException
            or WildcardPatternException;

    private static TokaifyException NotFound(string message) => new(TokaifyErrorId.FileNotFound, message);
}
