using System.Net;

namespace Tokaify;

/// <summary>Where the relay is, and what it takes to talk to it.</summary>
public sealed record TokaifyConnection
{
    private readonly NetworkCredential? _credentialInAddress;

    /// <summary>The relay's public address.</summary>
    public static Uri DefaultBaseUri { get; } = new("https://api.tokaify.com");

    /// <summary>The address before <c>/v1beta/…</c>. Default: <see cref="DefaultBaseUri"/>.</summary>
    public Uri BaseUri { get; init; } = DefaultBaseUri;

    /// <summary>The key.</summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>The proxy to go through; null for the system's and the environment's. A name and password in the address become
    /// <see cref="ProxyCredential"/>.</summary>
    public Uri? Proxy
    {
        get;
        init => (field, _credentialInAddress) = ProxyAddress.Split(value);
    }

    /// <summary>The name and password for <see cref="Proxy"/>. Default: those in its address.</summary>
    public NetworkCredential? ProxyCredential { get => field ?? _credentialInAddress; init; }

    /// <summary>Whether the key may travel over plain http to another machine. Default: no.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }

    /// <summary>The time in which a connection has to be made, its TLS handshake and its way through a proxy included.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Looks for what would stop every request.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ApiKeyMissing"/>,
    /// <see cref="TokaifyErrorId.InsecureConnection"/> or <see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public void Validate()
    {
        if (!BaseUri.IsAbsoluteUri || (BaseUri.Scheme != Uri.UriSchemeHttps && BaseUri.Scheme != Uri.UriSchemeHttp))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{BaseUri}' is no address of a relay: it has to start with https://.");
        }

        if (BaseUri.Query.Length > 0 || BaseUri.Fragment.Length > 0 || BaseUri.UserInfo.Length > 0)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The relay's address {BaseUri.Authority} comes with more than a path: no name, no query belongs to it.");
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
            // The address is not quoted: without a scheme, a name and password in it cannot be told from the rest.
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "The address of the proxy cannot be used: it has to start with http://.");
        }

        // A request to an https address goes through the proxy encrypted, any other as it is.
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
