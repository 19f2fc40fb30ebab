namespace Tokaify;

/// <summary>How a response is read.</summary>
internal sealed record ReadingOptions
{
    public static ReadingOptions Default { get; } = new();

    /// <summary>Whether a later turn will repeat the response. If so, its parts are kept in order, with their signatures.</summary>
    public bool KeepsParts { get; init; }

    /// <summary>The command's memory budget; null if there is none.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>The user's own token. If the reading is cancelled and this token is not, the reading took too long.</summary>
    public CancellationToken Stop { get; init; }
}
