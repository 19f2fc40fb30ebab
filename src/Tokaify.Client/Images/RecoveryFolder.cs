namespace Tokaify;

/// <summary>The folder for paid images that cannot be saved in their place, and for journal lines that cannot be written. The first folder
/// that can be written is used.</summary>
/// <param name="preferred">The first folder, which need not exist; null if there is none.</param>
/// <param name="makeFallback">Creates the last folder.</param>
internal sealed class RecoveryFolder(string? preferred, Func<string> makeFallback)
{
    private const int MaximumNameBytes = 255;

    /// <summary>The user's own folder for such data, else one among the system's temporary files that only the user can read.</summary>
    /// <remarks>It is determined at each call, because it is rarely needed, and because the environment may have changed.</remarks>
    public static RecoveryFolder Default
    {
        get
        {
            // This is empty for an account without a home folder.
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return new(FilePath.IsFull(data) ? Path.Combine(data, "Tokaify", "Recovered") : null, MakeTemporary);
        }
    }

    /// <summary>Returns the path of a file in the first folder; null if there is none.</summary>
    public string? PathOf(string fileName) => preferred is null ? null : Path.Combine(preferred, fileName);

    /// <summary>Copies the received part of an image into a temporary file.</summary>
    /// <param name="image">The image so far; it is read from its beginning.</param>
    /// <param name="length">The number of bytes to keep.</param>
    /// <returns>The copy, at its end.</returns>
    /// <exception cref="IOException">No folder can be written.</exception>
    public FileStream Copy(Stream image, long length)
    {
        Exception? flaw = null;
        foreach (var makeFolder in Folders(besides: null))
        {
            FileStream? copy = null;
            try
            {
                var folder = makeFolder();
                TemporaryFile.RemoveOrphans(folder);
                copy = TemporaryFile.Create(folder);
                image.Position = 0;
                image.CopyTo(copy);
                copy.SetLength(length);
                copy.Position = length;
                return copy;
            }
            catch (Exception exception) when (ImageFolder.IsFileError(exception))
            {
                flaw = exception;
                TemporaryFile.Remove(copy);
            }
        }

        throw new IOException(flaw!.Message, flaw);
    }

    /// <summary>Gives an image a permanent name, so that it is not removed as an orphaned temporary file.</summary>
    /// <param name="temporaryPath">The path of its closed file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="fileName">The intended name, with its extension.</param>
    /// <returns>Its new path; null if it could not be kept.</returns>
    public string? Keep(string temporaryPath, long length, string fileName)
    {
        var prefix = $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid():N}-";
        var extension = Path.GetExtension(fileName);
        var shortName = $"recovered-{Guid.NewGuid():N}{extension}";
        foreach (var makeFolder in Folders(besides: Path.GetDirectoryName(temporaryPath)))
        {
            if (TryMake(makeFolder) is not { } folder)
            {
                continue;
            }

            var longName = Fit("recovered-" + prefix, Path.GetFileNameWithoutExtension(fileName), extension, folder);
            foreach (var name in new[] { longName, shortName }.OfType<string>())
            {
                var path = Path.Combine(folder, name);
                if (TryMove(temporaryPath, length, path))
                {
                    return path;
                }
            }
        }

        return null;
    }

    private IEnumerable<Func<string>> Folders(string? besides)
    {
        if (preferred is not null)
        {
            yield return () => Directory.CreateDirectory(preferred).FullName;
        }

        if (besides is not null)
        {
            yield return () => besides;
        }

        yield return makeFallback;
    }

    private static string MakeTemporary() =>
#if NET
        Directory.CreateTempSubdirectory("tokaify-recovered-").FullName;
#else
        // On Windows, the temporary folder belongs to the user.
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "Tokaify")).FullName;
#endif

    private static string? TryMake(Func<string> makeFolder)
    {
        try
        {
            return makeFolder();
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return null;
        }
    }

    private static string? Fit(string prefix, string name, string extension, string folder)
    {
#if NET
        var room = MaximumNameBytes;
#else
        // By default, .NET Framework does not support longer paths.
        var room = Math.Min(MaximumNameBytes, 259 - folder.Length - 1);
#endif
        room -= prefix.Length + extension.Length;
        return room > 0 ? prefix + SafeFileName.Shorten(name, room) + extension : null;
    }

    // A move to another volume is a copy, which may be incomplete, or may leave the source. Then the length of the copy decides.
    private static bool TryMove(string from, long length, string to)
    {
        try
        {
            File.Move(from, to);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            if (!HasLength(to, length))
            {
                TemporaryFile.Remove(to);
                return false;
            }
        }

        TryFlush(to);
        return true;
    }

    private static bool HasLength(string path, long length)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length == length;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return false;
        }
    }

    private static void TryFlush(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            // The system will write it later.
        }
    }
}
