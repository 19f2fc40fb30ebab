namespace Tokaify;

/// <summary>A file that is either complete or does not exist: it is written under a temporary name in the same folder, and then
/// renamed.</summary>
public sealed class WholeFile : IDisposable
{
    private readonly FileStream _file;
    private bool _isKept;

    private WholeFile(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>The final full path.</summary>
    public string Path { get; }

    /// <summary>The stream to write to; it is seekable.</summary>
    public Stream Stream => _file;

    /// <summary>Begins a file, creates its folder if it is missing, and removes orphaned temporary files from the folder.</summary>
    /// <param name="path">The final full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public static WholeFile Create(string path) => Guard(path, () =>
    {
        // A file must not replace a device or a pipe, because other programs rely on it.
        RegularFile.EnsureNotSpecial(path);
        var folder = System.IO.Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        TemporaryFile.RemoveOrphans(folder);
        return new WholeFile(path, TemporaryFile.Create(folder));
    });

    /// <summary>Gives the file its name.</summary>
    /// <param name="overwrite">Whether an existing file with the name is replaced.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>; the file is then removed.</exception>
    public void Keep(bool overwrite) => Guard(Path, () =>
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        if (overwrite)
        {
            FileMove.Replace(_file.Name, Path);
        }
        else if (!FileMove.TryMove(_file.Name, Path))
        {
            throw new IOException("Another file of that name was created meanwhile.");
        }

        return _isKept = true;
    });

    /// <summary>Runs an action that writes to the file.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Write(Action action) => Guard(Path, () =>
    {
        action();
        return true;
    });

    /// <summary>Removes a file that was not kept.</summary>
    public void Dispose()
    {
        if (!_isKept)
        {
            TemporaryFile.Remove(_file);
        }
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(
                TokaifyErrorId.SaveFailed,
                $"'{path}' cannot be written: {TemporaryFile.Unnamed(exception).Message} Free space, check permissions, or choose another path.",
                TemporaryFile.Unnamed(exception));
        }
    }
}
