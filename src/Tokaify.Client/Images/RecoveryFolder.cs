namespace Tokaify;

/// <summary>Where pictures go that were paid for and cannot be put in place: the user's own folder for such data.</summary>
internal static class RecoveryFolder
{
    private static string FolderPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "Tokaify",
        "Recovered");

    /// <summary>Begins a file there.</summary>
    public static FileStream Create()
    {
        Directory.CreateDirectory(FolderPath);
        return TemporaryFile.Create(FolderPath);
    }

    /// <summary>Moves a file there, under a name that tells what it is; where that cannot be, gives it such a name where it is.</summary>
    /// <returns>Where it is now.</returns>
    public static string Keep(string temporaryPath, string fileName)
    {
        var name = $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid():N}-{fileName}";
        return TryMove(temporaryPath, FolderPath, name)
            ?? TryMove(temporaryPath, Path.GetDirectoryName(temporaryPath)!, "recovered-" + name)
            ?? temporaryPath;
    }

    private static string? TryMove(string temporaryPath, string folder, string name)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, name);
            File.Move(temporaryPath, path);
            return path;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return null;
        }
    }
}
