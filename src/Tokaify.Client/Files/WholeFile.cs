namespace Tokaify;

/// <summary>A file that is there whole or not at all: written under a temporary name beside its place, then given its own.</summary>
public sealed class WholeFile : IDisposable
{
    private readonly FileStream _file;
    private bool _isKept;

    private WholeFile(string path, FileStream file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>The full path that it is to have.</summary>
    public string Path { get; }

    /// <summary>What is written; it can be sought in.</summary>
    public Stream Stream => _file;

    /// <summary>Begins a file, its folder with it if that is missing, and removes what processes left there that died.</summary>
    /// <param name="path">The full path that it is to have.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public static WholeFile Create(string path) => Guard(path, () =>
    {
        // A device or a pipe has a name that others rely on: a file must not take its place.
        RegularFile.EnsureNotSpecial(path);
        var folder = System.IO.Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        TemporaryFile.RemoveOrphans(folder);
        return new WholeFile(path, TemporaryFile.Create(folder));
    });

    /// <summary>Gives the file its name.</summary>
    /// <param name="overwrite">Whether a file that has the name is replaced.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>; it is then removed.</exception>
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
            throw new IOException("A file of that name has come in the meantime.");
        }

        return _isKept = true;
    });

    /// <summary>Runs something that writes to the file.</summary>
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
