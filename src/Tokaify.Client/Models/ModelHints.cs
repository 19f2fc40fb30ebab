namespace Tokaify;

/// <summary>What can be said of a model that the relay does not have: which one follows it, and which the relay's own list has. The
/// relay is asked once, whatever comes of it.</summary>
/// <param name="list">Asks the relay for its models, with so many requests at the most.</param>
internal sealed class ModelHints(Func<int, CancellationToken, Task<IReadOnlyList<string>>> list)
{
    private const int MostNames = 10;

    // Names of models that make images, of those that the catalogue does not know.
    private static readonly string[] s_words = ["image", "banana"];

    private readonly object _lock = new();
    private Task<IReadOnlyList<string>>? _names;

    /// <summary>The time that the relay is given.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>What is known without asking: which model follows it.</summary>
    /// <param name="model">The model that the relay does not have.</param>
    /// <returns>A sentence; null for nothing.</returns>
    public static string? ReplacementOf(string model) =>
        ModelCatalog.CurrentOrBuiltIn.Find(model) is { Replacement: not null } known ? known.DescribeRetirement(DateTime.UtcNow) : null;

    /// <summary>What there is to say once the relay was asked.</summary>
    /// <param name="model">The model that the relay does not have.</param>
    /// <param name="requests">The number of requests that asking may take; 0 not to ask.</param>
    /// <param name="cancellationToken">Ends the asking; what is known without it is said all the same.</param>
    /// <returns>Sentences; null for nothing.</returns>
    public async Task<string?> OfAsync(string model, int requests, CancellationToken cancellationToken)
    {
        var catalog = ModelCatalog.CurrentOrBuiltIn;
        var hints = new List<string>();
        if (ReplacementOf(model) is { } replacement)
        {
            hints.Add(replacement);
        }

        var names = requests < 1 ? [] : await AskAsync(requests, cancellationToken).ConfigureAwait(false);
        var images = names
            .Where(name => MakesImages(name, catalog) && !string.Equals(name, ModelCatalog.BareName(model), StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (images.Count > 0)
        {
            var more = images.Count > MostNames ? $" and {images.Count - MostNames} more" : "";
            hints.Add($"The relay's list has {string.Join(", ", images.Take(MostNames))}{more}.");
        }

        return hints.Count > 0 ? string.Join(" ", hints) : null;
    }

    private static bool MakesImages(string name, ModelCatalog catalog) =>
        catalog.Find(name) is not null || s_words.Any(word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    private async Task<IReadOnlyList<string>> AskAsync(int requests, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // The first who asks does it for all.
            _names ??= AskOnceAsync(token => list(requests, token), cancellationToken);
        }

        return await _names.ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<string>> AskOnceAsync(
        Func<CancellationToken, Task<IReadOnlyList<string>>> list, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await list(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TokaifyException or OperationCanceledException)
        {
            // The error that is told is the one that the edit ended in.
            return [];
        }
    }
}
