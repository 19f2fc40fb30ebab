using System.Net;

namespace Tokaify;

/// <summary>The connection that a runspace's commands use by default.</summary>
/// <remarks>It contains the key and the proxy's password, but they are neither shown nor serialized.</remarks>
public sealed record TokaifyContext
{
    /// <summary>The name of the environment variable with the key.</summary>
    internal const string KeyVariable = "TOKAIFY_API_KEY";

    private readonly NetworkCredential? _credentialInAddress;

    /// <summary>The name of the profile that it comes from; null if there is none.</summary>
    public string? Profile => Settings?.Name;

    /// <summary>The relay's address; null to use that of the environment, or the default.</summary>
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

    /// <summary>Where the key comes from, as the object of "Check"; null if that is not known.</summary>
    internal string? KeyOrigin { get; init; }

    /// <summary>Whether the key is the secret of the profile.</summary>
    internal bool HasKeyOfProfile { get; init; }

    /// <summary>The proxy credentials. Default: those in the proxy's address.</summary>
    internal NetworkCredential? ProxyCredential { get => field ?? _credentialInAddress; init; }

    /// <summary>Whether the key may be sent over plain http to another machine.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }

    /// <summary>The profile that it comes from; null if there is none.</summary>
    internal TokaifyProfile? Settings { get; init; }

    /// <summary>The models and their prices.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the file of the catalogue cannot be
    /// used.</exception>
    internal ModelCatalog Models => Settings?.ModelCatalogPath is { } path ? ModelCatalog.From(path, $"the profile '{Settings.Name}'") : ModelCatalog.Current;

    /// <summary>The models of the profile's catalogue; null if the profile names none.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>, as for <see cref="Models"/>.</exception>
    internal ModelCatalog? OwnModels => Settings?.ModelCatalogPath is null ? null : Models;

    /// <summary>The models that commands know by default. For callers that cannot report an error.</summary>
    internal ModelCatalog DefaultModels => TryRead(context => context.Models) ?? ModelCatalog.CurrentOrBuiltIn;

    /// <summary>The model of commands that name none. For callers that cannot report an error.</summary>
    internal string DefaultModel => TryRead(context => context.Model) ?? DefaultModels.Default.Name;

    /// <summary>Whether it has a key or an address of its own.</summary>
    internal bool IsConnected => Key is not null || BaseUri is not null;

    /// <summary>Creates the connection that a profile describes, without its key.</summary>
    internal static TokaifyContext Of(TokaifyProfile profile) => new()
    {
        Settings = profile,
        BaseUri = profile.BaseUri ?? TokaifyConnection.DefaultBaseUri,
        Model = profile.Model,
        Proxy = profile.Proxy,
    };

    /// <summary>Returns this context with unset values taken from another one. A key without an address changes only the key: the profile
    /// of the environment still applies.</summary>
    /// <exception cref="TokaifyException">The key of a profile would go to an address that is not the profile's, or the environment names a
    /// profile that cannot be used.</exception>
    internal TokaifyContext Over(TokaifyContext other) => other.Settings is { } profile && Key is null && BaseUri is not null && BaseUri != other.BaseUri
        ? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"The key of the profile '{profile.Name}' goes to the profile's own address. Give -ApiKey with -BaseUri, or change the profile: "
            + $"Set-TokaifyProfile {profile.Name} -BaseUri.")
        : Join(Key is not null && BaseUri is null ? other.WithProfile() : other);

    /// <summary>Returns this context over the profile of the environment, unless it has a key, an address or a profile.</summary>
    /// <exception cref="TokaifyException">The environment names a profile that cannot be used.</exception>
    internal TokaifyContext WithProfile() =>
        IsConnected || Settings is not null || ProfileOfEnvironment() is not { } profile ? this : Join(Of(profile));

    private T? TryRead<T>(Func<TokaifyContext, T?> read)
        where T : class
    {
        try
        {
            return read(WithProfile());
        }
        catch (TokaifyException)
        {
            return null;
        }
    }

    private TokaifyContext Join(TokaifyContext other) => new()
    {
        Settings = Settings ?? other.Settings,
        BaseUri = BaseUri ?? other.BaseUri,
        Key = Key ?? other.Key,
        KeyOrigin = Key is null ? other.KeyOrigin : KeyOrigin,
        HasKeyOfProfile = Key is null ? other.HasKeyOfProfile : HasKeyOfProfile,
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

    /// <summary>Returns this context, with unset values taken from the environment and the defaults. The key of a profile is not
    /// read.</summary>
    /// <exception cref="TokaifyException">The environment has an invalid address, or names a catalogue or a profile which cannot be
    /// used.</exception>
    internal TokaifyContext WithDefaults()
    {
        var known = WithProfile();
        return known.Join(new TokaifyContext
        {
            // Variables that are not needed are not read, so that an invalid address is not an error if another one is given. The key in
            // the environment is not used for the address of a profile.
            BaseUri = known.BaseUri is null ? BaseUriFromEnvironment() ?? TokaifyConnection.DefaultBaseUri : null,
            Key = known.Key is null && known.Settings is null ? ApiKeyFromEnvironment() : null,
            KeyOrigin = KeyVariable,
            Model = known.Model is null ? known.Models.Default.Name : null,
        });
    }

    private static TokaifyProfile? ProfileOfEnvironment()
    {
        var name = Environment.GetEnvironmentVariable(ProfileStore.Variable);
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        try
        {
            return ProfileStore.Default.Get(name!.Trim());
        }
        catch (TokaifyException exception)
        {
            throw new TokaifyException(exception.ErrorId, $"The environment's {ProfileStore.Variable}: {exception.Message}", exception);
        }
    }

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
                + $"'{AddressText.Of(text)}'. Set it to an address such as https://host.");
    }

    private static ApiKey? ApiKeyFromEnvironment() =>
        Environment.GetEnvironmentVariable(KeyVariable) is { } text && !string.IsNullOrWhiteSpace(text)
            ? Tokaify.ApiKey.FromPlainText(text)
            : null;
}
