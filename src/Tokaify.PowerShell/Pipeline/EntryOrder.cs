namespace Tokaify.PowerShell;

/// <summary>Creates an order from a journal entry: the same request again.</summary>
internal static class EntryOrder
{
    /// <summary>Whether the request of an entry has to be sent again, as far as the entry shows.</summary>
    public static bool IsOpen(JournalEntry entry) => entry.Outcome is JournalOutcome.Failed or JournalOutcome.Unknown or JournalOutcome.Sent;

    /// <summary>The order without its source.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="name">The template of the names from the command line; null to use the entry's.</param>
    /// <param name="destination">The folder from the command line; null to use the entry's.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the entry is not complete, or need not be sent
    /// again.</exception>
    public static EditOrder Of(JournalEntry entry, OutputName? name, string? destination) => IsOpen(entry)
        ? new EditOrder(entry.ToRequest(), name ?? new OutputName(entry.NameTemplate!), destination ?? entry.Folder, entry.Variations!.Value)
        {
            Only = entry.Index,
        }
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"The journal entry is '{entry.Outcome}', and only entries that failed or have no end are sent again. "
            + "To edit the picture that it saved, give a prompt.");
}
