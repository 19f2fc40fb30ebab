namespace Tokaify;

/// <summary>Hints for a model that the relay does not have: its replacement, and the models in the relay's own list. The list is requested
/// only once, whatever the result.</summary>
/// <param name="list">Gets the relay's list, with at most the given number of requests.</param>
/// <param name="catalog">The catalogue; null for the catalogue of the environment, or the built-in one.</param>
internal sealed class ModelHints(Func<int, CancellationToken, Task<IReadOnlyList<string>>> list, ModelCatalog? catalog)
{
    private const int MostNames = 10;

    // Words in the names of models that make images and are not in the catalogue.
    private static readonly string[] s_words = ["image", "banana"];

    private readonly object _lock = new();
    private Task<IReadOnlyList<string>>? _names;

    /// <summary>The time limit for the relay's list.</summary>
    public static TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Returns the hint that needs no request: the replacement of a model.</summary>
    /// <param name="model">The model that the relay does not have.</param>
    /// <returns>A sentence; null if there is nothing to say.</returns>
    public string? ReplacementOf(string model) =>
        Catalog.Find(model) is { Replacement: not null } known ? known.DescribeRetirement(DateTime.UtcNow) : null;

    /// <summary>Returns all hints, with the relay's list.</summary>
    /// <param name="model">The model that the relay does not have.</param>
    /// <param name="requests">The greatest number of requests for the list; 0 to send none.</param>
    /// <param name="cancellationToken">Ends the requests. The other hint is still returned.</param>
    /// <returns>One or more sentences; null if there is nothing to say.</returns>
    public async Task<string?> OfAsync(string model, int requests, CancellationToken cancellationToken)
    {
        var hints = new List<string>();
        if (ReplacementOf(model) is { } replacement)
        {
            hints.Add(replacement);
        }

        var names = requests < 1 ? [] : await AskAsync(requests, cancellationToken).ConfigureAwait(false);
        var images = names
            .Where(name => MakesImages(name) && !string.Equals(name, ModelCatalog.BareName(model), StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (images.Count > 0)
        {
            var more = images.Count > MostNames ? $" and {images.Count - MostNames} more" : "";
            hints.Add($"The relay's list has {string.Join(", ", images.Take(MostNames))}{more}.");
        }

        return hints.Count > 0 ? string.Join(" ", hints) : null;
    }

    private ModelCatalog Catalog => catalog ?? ModelCatalog.CurrentOrBuiltIn;

    private bool MakesImages(string name) =>
        Catalog.Find(name) is not null || s_words.Any(word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    private async Task<IReadOnlyList<string>> AskAsync(int requests, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // The first caller sends the request for all of them.
            _names ??= AskOnceAsync(token => list(requests, token), cancellationToken);
        }

        return await _names.ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<string>> AskOnceAsync(
        Func<CancellationToken, Task<IReadOnlyList<string>>> list, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            return await list(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TokaifyException or OperationCanceledException)
        {
            // The user gets the error of the edit, not this one.
            return [];
        }
    }
}
