using System.Net;

namespace Tokaify;

/// <summary>The relay's address, and the settings that are needed to use it.</summary>
public sealed record TokaifyConnection
{
    private readonly NetworkCredential? _credentialInAddress;

    /// <summary>The relay's public address.</summary>
    public static Uri DefaultBaseUri { get; } = new("https://api.tokaify.com");

    /// <summary>The address before <c>/v1beta/…</c>. Default: <see cref="DefaultBaseUri"/>.</summary>
    public Uri BaseUri { get; init; } = DefaultBaseUri;

    /// <summary>The key.</summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>The proxy; null for that of the system or the environment. A user name and password in the address become
    /// <see cref="ProxyCredential"/>.</summary>
    public Uri? Proxy
    {
        get;
        init => (field, _credentialInAddress) = ProxyAddress.Split(value);
    }

    /// <summary>The credentials for <see cref="Proxy"/>. Default: those in its address.</summary>
    public NetworkCredential? ProxyCredential { get => field ?? _credentialInAddress; init; }

    /// <summary>Whether the key may be sent over plain http to another machine. Default: no.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }

    /// <summary>The time limit for opening a connection, including the TLS handshake and the connection through a proxy.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks for settings with which every request would fail.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ApiKeyMissing"/>,
    /// <see cref="TokaifyErrorId.InsecureConnection"/> or <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public void Validate()
    {
        if (!BaseUri.IsAbsoluteUri || (BaseUri.Scheme != Uri.UriSchemeHttps && BaseUri.Scheme != Uri.UriSchemeHttp))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{AddressText.Of(BaseUri)?.OriginalString}' is not the address of a relay: it has to start with https://.");
        }

        if (BaseUri.Query.Length > 0 || BaseUri.Fragment.Length > 0 || BaseUri.UserInfo.Length > 0)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The relay's address {BaseUri.Authority} has more than a path. Remove the user name, the query or the fragment from it.");
        }

        if (BaseUri.Scheme == Uri.UriSchemeHttp && !BaseUri.IsLoopback && !AllowUnencryptedAuthentication)
        {
            throw new TokaifyException(
                TokaifyErrorId.InsecureConnection,
                $"The key would travel unencrypted to {BaseUri.Host}.")
            {
                Advice = ErrorAdvice.UseHttps,
            };
        }

        if (Proxy is not null && !ProxyAddress.IsValid(Proxy))
        {
            // The message does not contain the address: without a scheme, a user name and password in it cannot be recognized.
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "The address of the proxy cannot be used: it has to start with http://.");
        }

        // The proxy sees a request to an https address encrypted, and any other request in plain text.
        if (BaseUri.Scheme == Uri.UriSchemeHttp && Proxy is { IsLoopback: false } && !AllowUnencryptedAuthentication)
        {
            throw new TokaifyException(
                TokaifyErrorId.InsecureConnection,
                $"The key would travel unencrypted to the proxy {Proxy.Host}. Use https for the relay's address, or leave the proxy out.");
        }

        if (ApiKey is null)
        {
            throw new TokaifyException(
                TokaifyErrorId.ApiKeyMissing, "There is no API key.")
            {
                Advice = ErrorAdvice.GiveKey,
            };
        }
    }

    internal Uri Endpoint(string path) => new(BaseUri.AbsoluteUri.TrimEnd('/') + "/" + path);
}
