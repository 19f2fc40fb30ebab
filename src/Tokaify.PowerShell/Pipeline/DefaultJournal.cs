namespace Tokaify.PowerShell;

/// <summary>The journal of a command without -JournalPath.</summary>
/// <param name="Path">The path in the profile or the environment variable.</param>
/// <param name="Origin">The profile or the environment variable that specifies it, for messages.</param>
internal sealed record DefaultJournal(string Path, string Origin)
{
    /// <summary>The environment variable that specifies it.</summary>
    public const string Variable = "TOKAIFY_JOURNAL_PATH";

    /// <summary>Finds the default journal: the profile's, else the environment's. Returns null if neither names one.</summary>
    /// <param name="profile">The profile of the connection; null if it has none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the path is not a full path.</exception>
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

        // A relative path would be a different journal in each location, and -Resume would send again what another journal has as saved.
        return FilePath.IsFull(path)
            ? new DefaultJournal(path!, $"the environment's {Variable}")
            : throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"The environment's {Variable} is not a full path: '{path}'. Set it to one, or use -JournalPath.");
    }
}
