using System.Text.Json;

namespace Tokaify;

/// <summary>The user's own entries: a file in the format of <c>models.json</c> that an environment variable names.</summary>
internal static class UserModelCatalog
{
    /// <summary>The name of the environment variable.</summary>
    public const string Variable = "TOKAIFY_MODEL_CATALOG";

    // The catalogue that was read last, with its file. It is a cache of the file, not state of its own.
    private static volatile Reading? s_last;

    /// <summary>Returns the built-in catalogue with the user's entries; only the built-in one if no file is named.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static ModelCatalog Load()
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(path) ? ModelCatalog.BuiltIn : LoadFrom(path!.Trim(), $"the environment variable {Variable}");
    }

    /// <summary>Returns the built-in catalogue with the entries of a file.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    internal static ModelCatalog LoadFrom(string path, string origin)
    {
        try
        {
            return LoadFile(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(path, origin, "there is no such file", exception);
        }
        catch (Exception exception) when (exception is FormatException or JsonException || ImageFolder.IsFileError(exception))
        {
            throw Unusable(path, origin, exception is JsonException ? $"it is not JSON: {exception.Message}" : exception.Message, exception);
        }
    }

    private static ModelCatalog LoadFile(string path)
    {
        // The location of a session is not the current directory of the process, so a relative path would be ambiguous.
        if (!FilePath.IsFull(path))
        {
            throw new FormatException("the path is not a full path");
        }

        var file = new FileInfo(path);
        var reading = s_last;
        if (reading is not null && reading.IsOf(path, file))
        {
            return reading.Catalog;
        }

        // Time and length are read before the bytes (by IsOf or here), so a change in between is noticed the next time.
        file.Refresh();
        using var json = RegularFile.OpenRead(path);
        RegularFile.EnsureNotEmpty(json);
        var catalog = ModelCatalog.BuiltIn.With(ModelCatalogReader.Read(json, ModelCatalog.BuiltIn.Find));
        s_last = new Reading(path, file.LastWriteTimeUtc, file.Length, catalog);
        return catalog;
    }

    private static TokaifyException Unusable(string path, string origin, string flaw, Exception cause) => new(
        TokaifyErrorId.InvalidArgument,
        $"The model catalogue '{path}', which {origin} names, cannot be used: {flaw.TrimEnd('.')}.",
        TextSanitizer.For().Cause(cause));

    private sealed record Reading(string Path, DateTime LastWriteTimeUtc, long Length, ModelCatalog Catalog)
    {
        public bool IsOf(string path, FileInfo file) =>
            file.Exists && Path == path && LastWriteTimeUtc == file.LastWriteTimeUtc && Length == file.Length;
    }
}
