namespace Tokaify;

/// <summary>Where a picture goes that was paid for and cannot be put in place.</summary>
internal static class RecoveryFolder
{
    private static string FolderPath => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "Tokaify",
        "Recovered");

    /// <summary>Moves a file there, else leaves it where it is.</summary>
    /// <returns>Where it is now.</returns>
    public static string Keep(string temporaryPath, string fileName)
    {
        try
        {
            Directory.CreateDirectory(FolderPath);
            var path = System.IO.Path.Combine(FolderPath, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid():N}-{fileName}");
            File.Move(temporaryPath, path);
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return temporaryPath;
        }
    }
}
