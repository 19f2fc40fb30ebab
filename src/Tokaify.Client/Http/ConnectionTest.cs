using System.Diagnostics;
using Tokaify.Resilience;

namespace Tokaify;

/// <summary>Whether a relay can be used: the result of one request for its list of models.</summary>
public sealed record ConnectionTest
{
    private const int ProxyRefused = 407;

    /// <summary>Whether the relay returned its list of models.</summary>
    public bool Succeeded => ErrorId is null;

    /// <summary>The relay's address; null if it could not be determined.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The proxy that the request went through, without its credentials; null if there is no proxy.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The key's last four characters; null if there is no key.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether the relay responded at all.</summary>
    public bool IsReachable { get; init; }

    /// <summary>Whether the relay accepted the key; null if the test did not get that far.</summary>
    public bool? IsKeyAccepted { get; init; }

    /// <summary>The models of the catalogue that the relay lists.</summary>
    public IReadOnlyList<string> AvailableModels { get; init; } = [];

    /// <summary>The models of the catalogue that the relay does not list; empty if there is no list.</summary>
    public IReadOnlyList<string> MissingModels { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The error id of the failure; null if the test succeeded.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What happened, and what to do next; null if the test succeeded.</summary>
    public string? Message { get; init; }

    /// <summary>The HTTP status of a failure; null if no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Requests a relay's list of models, without retries. A failure is returned, not thrown.</summary>
    /// <param name="connection">The relay's address, and the key.</param>
    /// <param name="timeout">The time that it may take; <see cref="TimeSpan.Zero"/> for no limit.</param>
    /// <param name="options">The options of the client; null for the defaults. Its retries are not used.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ConnectionTest> RunAsync(
        TokaifyConnection connection, TimeSpan timeout, TokaifyClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        var test = Of(connection);
        try
        {
            using var client = new TokaifyClient(connection, (options ?? new TokaifyClientOptions()) with
            {
                Retry = new RetryOptions { MaximumRetryCount = 0, AttemptTimeout = timeout },
            });
            var names = await client.ListModelsAsync(onRetry: null, cancellationToken).ConfigureAwait(false);
            return test.WithModels(options?.Catalog ?? ModelCatalog.Current, names) with { Duration = clock.Elapsed };
        }
        catch (TokaifyException exception)
        {
            exception.WordAdvice(options?.WordAdvice);
            return test.WithFailure(exception) with { Duration = clock.Elapsed };
        }
    }

    /// <summary>Creates the result of a test that failed before its request.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="connection">The connection to be tested; null if it could not be determined.</param>
    public static ConnectionTest Failed(TokaifyException exception, TokaifyConnection? connection) =>
        (connection is null ? new ConnectionTest() : Of(connection)).WithFailure(exception);

    /// <summary>The relay's address, and the result.</summary>
    public override string ToString() => $"{BaseUri} {ErrorId ?? "reachable"}";

    private static ConnectionTest Of(TokaifyConnection connection) => new()
    {
        BaseUri = AddressText.Of(connection.BaseUri),
        Proxy = HttpTransport.FindProxy(connection),
        ApiKey = connection.ApiKey?.ToString(),
    };

    private ConnectionTest WithModels(ModelCatalog catalog, IReadOnlyList<string> names)
    {
        var listed = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var models = catalog.Models.Select(model => model.Name).ToLookup(listed.Contains);
        return this with { IsReachable = true, IsKeyAccepted = true, AvailableModels = [.. models[true]], MissingModels = [.. models[false]] };
    }

    private ConnectionTest WithFailure(TokaifyException exception) => this with
    {
        IsReachable = exception.StatusCode is not (null or ProxyRefused),
        IsKeyAccepted = exception.ErrorId == TokaifyErrorId.Unauthorized ? false : null,
        ErrorId = exception.ErrorId.ToString(),
        Message = exception.Message,
        StatusCode = exception.StatusCode,
    };
}
