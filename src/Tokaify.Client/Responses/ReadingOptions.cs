namespace Tokaify;

/// <summary>How a response is read.</summary>
internal sealed record ReadingOptions
{
    public static ReadingOptions Default { get; } = new();

    /// <summary>Whether a later turn is going to repeat the response: then its parts are kept in order, with their signatures.</summary>
    public bool KeepsParts { get; init; }

    /// <summary>The command's budget of memory; null for none.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>The user's own token. If it is not cancelled when the reading is, the reading took too long.</summary>
    public CancellationToken Stop { get; init; }
}
