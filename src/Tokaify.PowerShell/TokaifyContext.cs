using System.Net;

namespace Tokaify;

/// <summary>The connection that a runspace's commands use by default.</summary>
/// <remarks>It contains the key and the proxy's password, but they are neither shown nor serialized.</remarks>
public sealed record TokaifyContext
{
    private readonly NetworkCredential? _credentialInAddress;

    /// <summary>The relay's address; null to use the environment's or the default.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The key's last four characters; null if there is no key.</summary>
    public string? ApiKey => Key?.ToString();

    /// <summary>The model; null to use the catalogue's default.</summary>
    public string? Model { get; init; }

    /// <summary>The proxy; null to use the system's. A name and a password are removed from the address.</summary>
    public Uri? Proxy
    {
        get;
        init
        {
            var connection = new TokaifyConnection { Proxy = value };
            field = connection.Proxy;
            _credentialInAddress = connection.ProxyCredential;
        }
    }

    /// <summary>The key; null to use the environment's.</summary>
    internal ApiKey? Key { get; init; }

    /// <summary>The proxy credentials. Default: those in the proxy's address.</summary>
    internal NetworkCredential? ProxyCredential { get => field ?? _credentialInAddress; init; }

    /// <summary>Whether the key may be sent over plain http to another machine.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }

    /// <summary>Whether it has a key or an address of its own.</summary>
    internal bool IsConnected => Key is not null || BaseUri is not null;

    /// <summary>Returns this context with unset values taken from another one.</summary>
    internal TokaifyContext Over(TokaifyContext other) => new()
    {
        BaseUri = BaseUri ?? other.BaseUri,
        Key = Key ?? other.Key,
        Model = Model ?? other.Model,
        // A proxy and its credentials go together.
        Proxy = Proxy ?? other.Proxy,
        ProxyCredential = ProxyCredential ?? (Proxy is null ? other.ProxyCredential : null),
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication || other.AllowUnencryptedAuthentication,
    };

    /// <summary>Creates the connection.</summary>
    internal TokaifyConnection ToConnection() => new()
    {
        BaseUri = BaseUri ?? TokaifyConnection.DefaultBaseUri,
        ApiKey = Key,
        Proxy = Proxy,
        ProxyCredential = ProxyCredential,
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
    };

    /// <summary>Returns this context with unset values taken from the environment and the defaults.</summary>
    /// <exception cref="TokaifyException">The environment has an invalid address, or names a catalogue that cannot be used.</exception>
    internal TokaifyContext WithDefaults() => Over(new TokaifyContext
    {
        // Variables that are not needed are not read, so an invalid address does no harm if another one is given.
        BaseUri = BaseUri is null ? BaseUriFromEnvironment() ?? TokaifyConnection.DefaultBaseUri : null,
        Key = Key is null ? ApiKeyFromEnvironment() : null,
        Model = Model is null ? ModelCatalog.Current.Default.Name : null,
    });

    private static Uri? BaseUriFromEnvironment()
    {
        const string Name = "TOKAIFY_BASE_URL";
        if (Environment.GetEnvironmentVariable(Name) is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"The environment variable {Name} is not an address: "
                + $"'{text}'. Set it to an address such as https://host.");
    }

    private static ApiKey? ApiKeyFromEnvironment() =>
        Environment.GetEnvironmentVariable("TOKAIFY_API_KEY") is { } text && !string.IsNullOrWhiteSpace(text)
            ? Tokaify.ApiKey.FromPlainText(text)
            : null;
}
