namespace Tokaify.PowerShell;

/// <summary>Makes an order of an entry of a journal: the same request once more.</summary>
internal static class EntryOrder
{
    /// <summary>Whether an entry tells of a request that has to be asked again, as far as it knows.</summary>
    public static bool IsOpen(JournalEntry entry) => entry.Outcome is JournalOutcome.Failed or JournalOutcome.Unknown or JournalOutcome.Sent;

    /// <summary>The order, but for the source.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="name">The template of the names that the command line gives; null for the entry's.</param>
    /// <param name="destination">The folder that the command line gives; null for the entry's.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the entry lacks something of it.</exception>
    public static EditOrder Of(JournalEntry entry, OutputName? name, string? destination) => IsOpen(entry)
        ? new EditOrder(entry.ToRequest(), name ?? new OutputName(entry.NameTemplate!), destination ?? entry.Folder, entry.Variations!.Value)
        {
            Only = entry.Index,
        }
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"The entry of the journal is '{entry.Outcome}', and only those that failed or have no end are asked again. "
            + "To edit what it saved, give a prompt.");
}
