using System.Text.Json;

namespace Tokaify;

/// <summary>The user's profiles, in a file that only the user can read and write.</summary>
/// <param name="path">The full path of the file.</param>
public sealed class ProfileStore(string path)
{
    /// <summary>The environment variable that names the profile for commands without another connection.</summary>
    public const string Variable = "TOKAIFY_PROFILE";

    private const string FileName = "profiles.json";

    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The store of the user who runs this process: <c>%APPDATA%\Tokaify</c> on Windows, elsewhere <c>tokaify</c> in
    /// <c>XDG_CONFIG_HOME</c> or <c>~/.config</c>.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the user has no such folder.</exception>
    public static ProfileStore Default => new(FindPath());

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = path;

    /// <summary>Reads all profiles. Returns an empty list if there is no file.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the file is damaged, or other users can change
    /// it.</exception>
    public IReadOnlyList<TokaifyProfile> Read() => ReadAll().Profiles;

    private (List<TokaifyProfile> Profiles, Dictionary<string, JsonElement> Unknown) ReadAll()
    {
        try
        {
            return ReadFile();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], []);
        }
        catch (JsonException exception)
        {
            // The message contains the number of the line, and no text of the file.
            throw Unusable($"it is damaged: it is not JSON (line {exception.LineNumber + 1})", exception);
        }
        catch (Exception exception) when (exception is FormatException || ImageFolder.IsFileError(exception))
        {
            throw Unusable(exception.Message, exception);
        }
    }

    /// <summary>Returns the profile with a name.</summary>
    /// <param name="name">The name, compared without case.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ProfileNotFound"/>; <see cref="TokaifyErrorId.InvalidArgument"/>: the
    /// file cannot be used.</exception>
    public TokaifyProfile Get(string name)
    {
        var profiles = Read();
        return profiles.FirstOrDefault(profile => IsCalled(profile, name)) ?? throw NotFound(name, profiles);
    }

    /// <summary>Adds or changes a profile. Other processes that do so at the same time wait.</summary>
    /// <param name="name">The name.</param>
    /// <param name="change">Creates the new profile from the existing one, or from one that has only the name.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the profile or the file cannot be used;
    /// <see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public TokaifyProfile Set(string name, Func<TokaifyProfile, TokaifyProfile> change)
    {
        TokaifyProfile changed = null!;
        Update(profiles =>
        {
            changed = Changed(profiles, name, change);
            var index = profiles.FindIndex(profile => IsCalled(profile, name));
            if (index < 0)
            {
                profiles.Add(changed);
            }
            else
            {
                profiles[index] = changed;
            }
        });
        return changed;
    }

    /// <summary>Returns the profile that <see cref="Set"/> would save, without saving it.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the profile or the file cannot be used.</exception>
    public TokaifyProfile Plan(string name, Func<TokaifyProfile, TokaifyProfile> change) => Changed(Read(), name, change);

    private static TokaifyProfile Changed(IReadOnlyList<TokaifyProfile> profiles, string name, Func<TokaifyProfile, TokaifyProfile> change)
    {
        try
        {
            var profile = change(profiles.FirstOrDefault(each => IsCalled(each, name)) ?? new TokaifyProfile { Name = name });
            profile.Check();
            return profile;
        }
        catch (FormatException exception)
        {
            throw Invalid($"The profile '{name}' cannot be set: {exception.Message}.", exception);
        }
    }

    /// <summary>Removes a profile.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ProfileNotFound"/>; <see cref="TokaifyErrorId.InvalidArgument"/>: the
    /// file cannot be used; <see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Remove(string name) => Update(profiles =>
    {
        if (profiles.RemoveAll(profile => IsCalled(profile, name)) == 0)
        {
            throw NotFound(name, profiles);
        }
    });

    private static bool IsCalled(TokaifyProfile profile, string name) => profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    // A file that cannot be read is not overwritten, so that the user can repair it.
    private void Update(Action<List<TokaifyProfile>> change)
    {
        using var held = TakeLock();
        var (profiles, unknown) = ReadAll();
        change(profiles);
        using var file = WholeFile.Create(PrivateFile.TargetOf(Path));
        file.Write(() =>
        {
            PrivateFile.Protect(file.Stream);
            ProfileJson.Write(file.Stream, profiles, unknown);
        });
        file.Keep(overwrite: true);
    }

    private FileStream TakeLock()
    {
        try
        {
            PrivateFile.CreateFolder(System.IO.Path.GetDirectoryName(Path)!);
            return JournalLock.Take(Path + ".lock", s_lockTimeout);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(TokaifyErrorId.SaveFailed, $"'{Path}' cannot be written: {exception.Message}", exception);
        }
    }

    private (List<TokaifyProfile> Profiles, Dictionary<string, JsonElement> Unknown) ReadFile()
    {
        if (!File.Exists(Path))
        {
            RegularFile.EnsureNotSpecial(Path);
            return ([], []);
        }

        PrivateFile.EnsureOwn(Path);
        using var json = RegularFile.OpenRead(Path);
        RegularFile.EnsureNotEmpty(json);
        return ProfileJson.Read(json);
    }

    /// <summary>Creates the error for a name that no profile has.</summary>
    internal TokaifyException NotFound(string name, IReadOnlyList<TokaifyProfile> profiles) => new(
        TokaifyErrorId.ProfileNotFound,
        $"There is no profile '{name}' in '{Path}'. "
        + (profiles.Count == 0 ? "It has none." : $"It has {string.Join(", ", profiles.Select(profile => profile.Name))}."));

    private TokaifyException Unusable(string flaw, Exception cause) =>
        Invalid($"The profiles in '{Path}' cannot be used: {flaw.TrimEnd('.')}.", cause);

    // The message may quote a name of the file.
    private static TokaifyException Invalid(string message, Exception cause) =>
        new(TokaifyErrorId.InvalidArgument, TextSanitizer.For().Line(message), TextSanitizer.For().Cause(cause));

    private static string FindPath()
    {
        var folder = System.IO.Path.DirectorySeparatorChar == '\\'
            ? Full("APPDATA") is { } data ? System.IO.Path.Combine(data, "Tokaify") : null
            // The specification requires that a relative path is ignored: https://specifications.freedesktop.org/basedir-spec/latest/
            : Full("XDG_CONFIG_HOME") is { } config ? System.IO.Path.Combine(config, "tokaify")
            : Full("HOME") is { } home ? System.IO.Path.Combine(home, ".config", "tokaify")
            : null;
        return folder is null
            ? throw new TokaifyException(TokaifyErrorId.InvalidArgument, "This user has no folder for profiles: neither XDG_CONFIG_HOME nor HOME, on Windows APPDATA, is set.")
            : System.IO.Path.Combine(folder, FileName);
    }

    private static string? Full(string variable) =>
        Environment.GetEnvironmentVariable(variable) is var folder && FilePath.IsFull(folder) ? folder : null;
}
