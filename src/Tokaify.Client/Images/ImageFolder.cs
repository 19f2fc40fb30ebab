namespace Tokaify;

/// <summary>A folder in which images are saved. An image is saved completely, under its own name, or not at all.</summary>
public sealed class ImageFolder
{
    /// <summary>Creates it for a folder, which need not exist yet.</summary>
    /// <param name="path">A full path.</param>
    public ImageFolder(string path) => Path = path;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Creates the folder if it is missing, checks that files can be created in it before anything is paid for, and removes
    /// orphaned temporary files from it.</summary>
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

    /// <summary>Checks whether <see cref="Prepare"/> would fail, and creates nothing. It does not find problems that only a try can show,
    /// such as missing permissions on Windows.</summary>
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

    /// <summary>Returns the path of an existing image with a name, whatever its extension; null if there is none.</summary>
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
    /// <param name="name">The first name; if it is taken, numbers are appended.</param>
    /// <param name="extension">The extension.</param>
    /// <param name="policy">Decides whether an existing file is replaced.</param>
    /// <returns>Its new path.</returns>
    /// <exception cref="TargetException">The file cannot be moved to a name that is free or may be replaced.</exception>
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

    // Returns the error if the path of the folder, or of one above it, is a file; else null.
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

    // The path may be empty, for which .NET Framework throws.
    private static string? ParentOf(string path) => path.Length > 0 ? System.IO.Path.GetDirectoryName(path) : null;

    private string PathOf(string name, string extension) => System.IO.Path.Combine(Path, name + extension);
}
