using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>A named connection: the relay's address, the name of the secret with the key, and settings for the requests. It does not
/// contain the key.</summary>
public sealed record TokaifyProfile
{
    private const int LongestName = 64;

    /// <summary>The name: letters, digits, hyphens, underscores and dots.</summary>
    public required string Name { get; init; }

    /// <summary>The relay's address; null for the public one.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The model of requests that do not name one; null for the catalogue's default.</summary>
    public string? Model { get; init; }

    /// <summary>The proxy's address, without credentials; null for the proxy of the system or the environment.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The name of the secret that contains the key.</summary>
    public string? SecretName { get; init; }

    /// <summary>The vault that has the secret; null to search all vaults.</summary>
    public string? Vault { get; init; }

    /// <summary>The full path of a model catalogue with the relay's prices; null for the catalogue of the environment, or the built-in
    /// one.</summary>
    public string? ModelCatalogPath { get; init; }

    /// <summary>The greatest number of requests in flight.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>The greatest number of requests that are started in a minute.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>The greatest cost of a batch, in the currency of the model's price.</summary>
    public decimal? MaximumCost { get; init; }

    /// <summary>The longest wait for the end of an outage, in seconds.</summary>
    public int? MaximumWaitSec { get; init; }

    /// <summary>The time limit of one attempt, in seconds; 0 for no limit.</summary>
    public int? TimeoutSec { get; init; }

    /// <summary>The full path of the journal for commands that do not name one.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Settings of the file that this version does not know. They are kept, but not used.</summary>
    public IReadOnlyList<string> UnknownSettings => [.. Unknown.Keys.Select(name => TextSanitizer.For().Line(name))];

    internal IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The relay's address, the public one included.</summary>
    internal Uri EffectiveBaseUri => BaseUri ?? TokaifyConnection.DefaultBaseUri;

    /// <summary>Whether a text can be the name of a profile.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && Regex.IsMatch(name, @"\A[\p{L}\p{Nd}_][\p{L}\p{Nd}_.-]*\z", RegexOptions.CultureInvariant);

    /// <summary>Checks the values.</summary>
    /// <exception cref="FormatException">A value is invalid. The message says which one, and never contains a value that may have a
    /// password.</exception>
    internal void Check()
    {
        Ensure(IsName(Name), $"the name '{Name}' is not one of at most {LongestName} letters, digits, hyphens, underscores and dots");
        // Messages and tables show these texts.
        EnsureShowable(BaseUri?.OriginalString, "the relay's address");
        EnsureShowable(Model, "the model");
        EnsureShowable(Proxy?.OriginalString, "the proxy's address");
        EnsureShowable(SecretName, "the name of the secret");
        EnsureShowable(Vault, "the vault");
        EnsureShowable(ModelCatalogPath, "the path of the model catalogue");
        EnsureShowable(JournalPath, "the path of the journal");
        Ensure(
            BaseUri is null || (BaseUri.IsAbsoluteUri && (BaseUri.Scheme == Uri.UriSchemeHttps || BaseUri.Scheme == Uri.UriSchemeHttp)),
            "the relay's address has to start with https://");
        Ensure(
            BaseUri is null || (BaseUri.UserInfo.Length == 0 && BaseUri.Query.Length == 0 && BaseUri.Fragment.Length == 0),
            "the relay's address has no user, no query and no fragment");
        // The scheme is checked first, because credentials cannot be recognized in an address without a scheme.
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

    // Tabs and the marks of right-to-left scripts do no harm, and names of folders have them.
    private static void EnsureShowable(string? text, string setting) => Ensure(
        text is null || !text.Any(character => (char.IsControl(character) && character != '\t')
            || character is (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069')),
        $"{setting} has control characters");

    private static bool IsFull(string? path) => path is null || FilePath.IsFull(path);

    private static void Ensure(bool holds, string flaw)
    {
        if (!holds)
        {
            throw new FormatException(flaw);
        }
    }
}
