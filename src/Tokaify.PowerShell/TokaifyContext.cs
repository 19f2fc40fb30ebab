using System.Net;

namespace Tokaify;

/// <summary>The connection that a runspace's commands use by default.</summary>
/// <remarks>The key and the proxy's password are in it, but not shown and not serialized.</remarks>
public sealed record TokaifyContext
{
    private readonly NetworkCredential? _credentialInAddress;

    /// <summary>The relay's address; null for the environment's or the default.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>The key's last four characters; null where there is no key.</summary>
    public string? ApiKey => Key?.ToString();

    /// <summary>The model; null for the catalogue's default.</summary>
    public string? Model { get; init; }

    /// <summary>The proxy; null for the system's. A name and password in the address are taken out of it.</summary>
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

    /// <summary>The key; null for the environment's.</summary>
    internal ApiKey? Key { get; init; }

    /// <summary>The name and password for the proxy. Default: those in its address.</summary>
    internal NetworkCredential? ProxyCredential { get => field ?? _credentialInAddress; init; }

    /// <summary>Whether the key may travel over plain http to another machine.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }

    /// <summary>Whether it leads anywhere that the environment does not.</summary>
    internal bool IsConnected => Key is not null || BaseUri is not null;

    /// <summary>This context, and where it is silent, another one.</summary>
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

    /// <summary>The connection it stands for.</summary>
    internal TokaifyConnection ToConnection() => new()
    {
        BaseUri = BaseUri ?? TokaifyConnection.DefaultBaseUri,
        ApiKey = Key,
        Proxy = Proxy,
        ProxyCredential = ProxyCredential,
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
    };

    /// <summary>This context, and where it is silent, the environment and the defaults.</summary>
    /// <exception cref="TokaifyException">The environment holds what is no address, or names no catalogue.</exception>
    internal TokaifyContext WithDefaults() => Over(new TokaifyContext
    {
        // Variables that are not needed are not read: an invalid one does no harm if the address is given.
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
            : throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"The environment's {Name} is no address: '{text}'.");
    }

    private static ApiKey? ApiKeyFromEnvironment() =>
        Environment.GetEnvironmentVariable("TOKAIFY_API_KEY") is { } text && !string.IsNullOrWhiteSpace(text)
            ? Tokaify.ApiKey.FromPlainText(text)
            : null;
}
