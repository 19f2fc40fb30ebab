namespace Tokaify;

/// <summary>A folder that images are saved in: whole, under names of their own, or not at all.</summary>
public sealed class ImageFolder
{
    /// <summary>Names a folder; it need not be there yet.</summary>
    /// <param name="path">A full path.</param>
    public ImageFolder(string path) => Path = path;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Makes the folder if it is missing, makes sure that files can be made in it before anything is paid for,
    /// and removes what processes left in it that died.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(Path);
            TemporaryFile.Create(Path, FileOptions.DeleteOnClose).Dispose();
            TemporaryFile.RemoveOrphans(Path);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw FindFileInPlace() ?? TokaifyErrors.SaveFailed(Path, exception);
        }
    }

    /// <summary>Looks whether <see cref="Prepare"/> would find something wrong, and makes nothing. What only a try can tell,
    /// such as the permissions on Windows, it does not find.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Examine()
    {
        if (FindFileInPlace() is { } file)
        {
            throw file;
        }

        var place = Path;
        while (place is not null && !Directory.Exists(place))
        {
            place = ParentOf(place);
        }

        if (place is null)
        {
            throw TokaifyErrors.SaveFailed(Path, new DirectoryNotFoundException(
                WindowsPath.ShareOf(Path) is null
                    ? "There is no such drive."
                    : "There is no such share, or it cannot be reached with this account."));
        }

        if (FileAccessCheck.FindFlaw(place) is { } flaw)
        {
            throw TokaifyErrors.SaveFailed(Path, flaw);
        }
    }

    /// <summary>The image that is there under a name, whatever its extension; null where there is none.</summary>
    /// <param name="name">The file name without an extension.</param>
    public string? Find(string name) =>
        ImageFormats.All.Select(format => PathOf(name, format.Extension())).FirstOrDefault(File.Exists);

    /// <summary>Begins an image.</summary>
    /// <param name="limit">Its greatest length in bytes.</param>
    internal PendingImage BeginImage(long limit)
    {
        try
        {
            return new PendingImage(this, TemporaryFile.Create(Path), limit);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw TokaifyErrors.SaveFailed(Path, exception);
        }
    }

    /// <summary>Gives a temporary file its name.</summary>
    /// <param name="temporaryPath">The file, in this folder.</param>
    /// <param name="name">The name to begin with; where it is taken, numbers are tried behind it.</param>
    /// <param name="extension">The extension.</param>
    /// <param name="policy">Whether a file that has the name is replaced.</param>
    /// <returns>The path it has now.</returns>
    /// <exception cref="TargetException">A name that is free, or that may be taken over, cannot be had.</exception>
    internal string MoveIn(string temporaryPath, string name, string extension, ReplacePolicy policy)
    {
        for (var number = 1; ; number++)
        {
            var candidate = number == 1 ? name : $"{name}-{number}";
            var path = PathOf(candidate, extension);
            var use = policy.Decide(candidate, path);
            if (use != NameUse.Skip && TryMoveTo(path, temporaryPath, isReplaced: use == NameUse.Replace))
            {
                return path;
            }
        }
    }

    private static bool TryMoveTo(string path, string temporaryPath, bool isReplaced)
    {
        try
        {
            if (!isReplaced)
            {
                return FileMove.TryMove(temporaryPath, path);
            }

            FileMove.Replace(temporaryPath, path);
            return true;
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw new TargetException(path, isReplaced, exception);
        }
    }

    /// <summary>Whether a file operation failed for a reason outside this program.</summary>
    internal static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    // The error where a file is in the folder's place, or in that of one above it; null where none is.
    private TokaifyException? FindFileInPlace()
    {
        var place = Path;
        while (place is not null && !Directory.Exists(place) && !File.Exists(place))
        {
            place = ParentOf(place);
        }

        return place is null || Directory.Exists(place) ? null : new TokaifyException(
            TokaifyErrorId.SaveFailed,
            $"Nothing can be saved in '{Path}': '{place}' is a file.")
        {
            Advice = ErrorAdvice.NameFolder,
        };
    }

    // Of nothing, .NET Framework gives an error.
    private static string? ParentOf(string path) => path.Length > 0 ? System.IO.Path.GetDirectoryName(path) : null;

    private string PathOf(string name, string extension) => System.IO.Path.Combine(Path, name + extension);
}
