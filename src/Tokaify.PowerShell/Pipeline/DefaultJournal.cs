namespace Tokaify.PowerShell;

/// <summary>The journal of a command that is not given one.</summary>
/// <param name="Path">Its path, as it stands there.</param>
/// <param name="Origin">Where that stands.</param>
internal sealed record DefaultJournal(string Path, string Origin)
{
    /// <summary>The variable of the environment that names it.</summary>
    public const string Variable = "TOKAIFY_JOURNAL_PATH";

    /// <summary>Finds it; null for none. The one place where the sources of the default are, the first one wins.</summary>
    /// <param name="profile">The profile of the connection; null for none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the path is not a full one.</exception>
    public static DefaultJournal? Find(TokaifyProfile? profile)
    {
        if (profile?.JournalPath is { } own)
        {
            return new DefaultJournal(own, $"the profile '{profile.Name}'");
        }

        var path = Environment.GetEnvironmentVariable(Variable)?.Trim();
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        // Relative, it would be another journal in each location, and -Resume would send again what another one has as saved.
        return System.IO.Path.IsPathRooted(path)
            ? new DefaultJournal(path!, $"the environment's {Variable}")
            : throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"The environment's {Variable} is not a full path: '{path}'. Set it to one, or use -JournalPath.");
    }
}
