using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>A named connection: where the relay is, where its key is, and what holds for its requests. It holds no key.</summary>
public sealed record TokaifyProfile
{
    private const int LongestName = 64;

    /// <summary>The name: letters, digits, hyphens, underscores and dots.</summary>
    public required string Name { get; init; }

    /// <summary>The relay's address; null for the public one.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The model that serves where a request names none; null for the catalogue's default.</summary>
    public string? Model { get; init; }

    /// <summary>The proxy, without a user; null for the system's.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The name of the secret that is the key.</summary>
    public string? SecretName { get; init; }

    /// <summary>The vault that has the secret; null for all.</summary>
    public string? Vault { get; init; }

    /// <summary>The full path of a model catalogue with the relay's prices; null for the environment's or the built-in one.</summary>
    public string? ModelCatalogPath { get; init; }

    /// <summary>The number of requests in flight at the most.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>The number of requests started in a minute at the most.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>What a batch may cost at the most, in the currency of the model's price.</summary>
    public decimal? MaximumCost { get; init; }

    /// <summary>The longest wait, in seconds, for a service that is away.</summary>
    public int? MaximumWaitSec { get; init; }

    /// <summary>The seconds that one attempt may take.</summary>
    public int? TimeoutSec { get; init; }

    /// <summary>The full path of the journal of commands that name none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Settings of the file that this version does not know. They are kept, and not used.</summary>
    public IReadOnlyList<string> UnknownSettings => [.. Unknown.Keys];

    internal IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The relay's address, the public one included.</summary>
    internal Uri EffectiveBaseUri => BaseUri ?? TokaifyConnection.DefaultBaseUri;

    /// <summary>Whether a text can be the name of a profile.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && Regex.IsMatch(name, @"\A[\p{L}\p{Nd}_][\p{L}\p{Nd}_.-]*\z", RegexOptions.CultureInvariant);

    /// <summary>Looks for what cannot be.</summary>
    /// <exception cref="FormatException">The message says what, and never quotes what may hold a password.</exception>
    internal void Check()
    {
        Ensure(IsName(Name), $"the name '{Name}' is not one of at most {LongestName} letters, digits, hyphens, underscores and dots");
        Ensure(
            BaseUri is null || (BaseUri.IsAbsoluteUri && (BaseUri.Scheme == Uri.UriSchemeHttps || BaseUri.Scheme == Uri.UriSchemeHttp)),
            "the relay's address has to start with https://");
        Ensure(
            BaseUri is null || (BaseUri.UserInfo.Length == 0 && BaseUri.Query.Length == 0 && BaseUri.Fragment.Length == 0),
            "the relay's address has no user, no query and no fragment");
        // First: without a scheme, a user cannot be told from the rest.
        Ensure(Proxy is null || ProxyAddress.IsValid(Proxy), "the proxy's address has to start with http://");
        Ensure(Proxy is null || Proxy.UserInfo.Length == 0, "the proxy's address has a user or a password, which do not belong into a file");
        Ensure(Vault is null || SecretName is not null, "there is a vault and no name of a secret");
        Ensure(IsFull(ModelCatalogPath), "the path of the model catalogue is not a full one");
        Ensure(IsFull(JournalPath), "the path of the journal is not a full one");
        Ensure(ThrottleLimit is null or (>= 1 and <= 1024), "the number of requests in flight is between 1 and 1024");
        Ensure(RequestsPerMinute is null or (>= 1 and <= 60000), "the number of requests in a minute is between 1 and 60000");
        Ensure(MaximumCost is null or >= 0, "the maximum cost is below 0");
        Ensure(MaximumWaitSec is null or (>= 0 and <= 7 * 24 * 60 * 60), "the longest wait is between 0 and 604800 seconds");
        Ensure(TimeoutSec is null or (>= 0 and <= 24 * 60 * 60), "the time of an attempt is between 0 and 86400 seconds");
    }

    private static bool IsFull(string? path) => path is null || FullPath.Is(path);

    private static void Ensure(bool holds, string flaw)
    {
        if (!holds)
        {
            throw new FormatException(flaw);
        }
    }
}
