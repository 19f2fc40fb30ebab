using System.Diagnostics;
using Tokaify.Resilience;

namespace Tokaify;

/// <summary>Whether a relay can be used: what one request for its list of models told.</summary>
public sealed record ConnectionTest
{
    private const int ProxyRefused = 407;

    /// <summary>Whether the relay answered with its list of models.</summary>
    public bool Succeeded => ErrorId is null;

    /// <summary>The relay's address; null where that could not be found out.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The proxy that the request went through, without its credentials; null for none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The key's last four characters; null where there is no key.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether the relay answered at all.</summary>
    public bool IsReachable { get; init; }

    /// <summary>Whether the relay took the key; null where it did not come to that.</summary>
    public bool? IsKeyAccepted { get; init; }

    /// <summary>The models of the catalogue that the relay lists.</summary>
    public IReadOnlyList<string> AvailableModels { get; init; } = [];

    /// <summary>The models of the catalogue that the relay does not list; empty where there is no list.</summary>
    public IReadOnlyList<string> MissingModels { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What kind of failure it was; null for none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What happened, and what to do next; null where nothing failed.</summary>
    public string? Message { get; init; }

    /// <summary>The HTTP status of a failure; null where no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Asks a relay for its models, once. A failure is a result like any other.</summary>
    /// <param name="connection">Where the relay is, and the key.</param>
    /// <param name="timeout">The time that it may take; <see cref="TimeSpan.Zero"/> for no limit.</param>
    /// <param name="options">How the client names itself; null for the default. Of its retries, none are made.</param>
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
            return test.WithModels(ModelCatalog.Current.HeldAgainst(names)) with { Duration = clock.Elapsed };
        }
        catch (TokaifyException exception)
        {
            return test.WithFailure(exception) with { Duration = clock.Elapsed };
        }
    }

    /// <summary>A test that did not come to a request.</summary>
    /// <param name="exception">Why not.</param>
    /// <param name="connection">What was to be tested; null where that could not be found out.</param>
    public static ConnectionTest Failed(TokaifyException exception, TokaifyConnection? connection) =>
        (connection is null ? new ConnectionTest() : Of(connection)).WithFailure(exception);

    /// <summary>The relay's address, and how it went.</summary>
    public override string ToString() => $"{BaseUri} {ErrorId ?? "reachable"}";

    private static ConnectionTest Of(TokaifyConnection connection) => new()
    {
        BaseUri = connection.BaseUri,
        Proxy = HttpTransport.FindProxy(connection),
        ApiKey = connection.ApiKey?.ToString(),
    };

    private ConnectionTest WithModels(IReadOnlyList<ImageModel> models) => this with
    {
        IsReachable = true,
        IsKeyAccepted = true,
        AvailableModels = Names(models, isAvailable: true),
        MissingModels = Names(models, isAvailable: false),
    };

    private ConnectionTest WithFailure(TokaifyException exception) => this with
    {
        IsReachable = exception.StatusCode is not (null or ProxyRefused),
        IsKeyAccepted = exception.ErrorId == TokaifyErrorId.Unauthorized ? false : null,
        ErrorId = exception.ErrorId.ToString(),
        Message = exception.Message,
        StatusCode = exception.StatusCode,
    };

    private static List<string> Names(IReadOnlyList<ImageModel> models, bool isAvailable) =>
        [.. models.Where(model => model.Available == isAvailable && ModelCatalog.Current.Find(model.Name) is not null).Select(model => model.Name)];
}
