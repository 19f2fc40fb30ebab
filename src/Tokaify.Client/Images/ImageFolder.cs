namespace Tokaify;

/// <summary>A folder that pictures are saved in: whole, under names of their own, or not at all.</summary>
public sealed class ImageFolder
{
    private const string TemporaryPrefix = ".tokaify-";

    private static readonly int s_processId = CurrentProcessId();

    /// <summary>Names a folder; it need not be there yet.</summary>
    /// <param name="path">A full path.</param>
    public ImageFolder(string path) => Path = path;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Makes the folder if it is missing, and makes sure that files can be made in it before anything is paid for.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(Path);
            CreateTemporaryFile(FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw TokaifyErrors.SaveFailed(Path, exception);
        }
    }

    /// <summary>The picture that is there under a name, whatever its extension; null where there is none.</summary>
    /// <param name="name">The file name without an extension.</param>
    public string? Find(string name) =>
        ImageFormats.All.Select(format => PathOf(name, format.Extension())).FirstOrDefault(File.Exists);

    /// <summary>Begins a picture.</summary>
    /// <param name="limit">Its greatest length in bytes.</param>
    internal PendingImage BeginImage(long limit)
    {
        try
        {
            return new PendingImage(this, CreateTemporaryFile(FileOptions.None), limit);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw TokaifyErrors.SaveFailed(Path, exception);
        }
    }

    /// <summary>Gives a temporary file its name.</summary>
    /// <returns>The path it has now.</returns>
    internal string MoveIn(string temporaryPath, string name, string extension, bool overwrite)
    {
        if (overwrite)
        {
            var path = PathOf(name, extension);
            Replace(temporaryPath, path);
            return path;
        }

        for (var number = 1; ; number++)
        {
            var path = PathOf(number == 1 ? name : $"{name}-{number}", extension);
            if (TryMove(temporaryPath, path))
            {
                return path;
            }
        }
    }

    // The check and the move are one: whoever takes the name first has it.
    private static bool TryMove(string temporaryPath, string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
        {
            return false;
        }

        try
        {
            File.Move(temporaryPath, path);
            return true;
        }
        catch (IOException) when (File.Exists(path) && File.Exists(temporaryPath))
        {
            return false;
        }
    }

    private static void Replace(string temporaryPath, string path)
    {
#if NET
        File.Move(temporaryPath, path, overwrite: true);
#else
        if (!TryMove(temporaryPath, path))
        {
            File.Replace(temporaryPath, path, destinationBackupFileName: null);
        }
#endif
    }

    private string PathOf(string name, string extension) => System.IO.Path.Combine(Path, name + extension);

    // The name tells a later run whose it was: the process may be gone by then.
    private FileStream CreateTemporaryFile(FileOptions options)
    {
        var name = $"{TemporaryPrefix}{s_processId}-{Guid.NewGuid():N}.tmp";
        return new FileStream(
            System.IO.Path.Combine(Path, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1, options);
    }

    private static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private static int CurrentProcessId()
    {
#if NET
        return Environment.ProcessId;
#else
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Id;
#endif
    }
}
