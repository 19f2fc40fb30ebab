using System.Net;

namespace Tokaify;

/// <summary>The address of a proxy, as users write it.</summary>
internal static class ProxyAddress
{
    private static readonly string[] s_schemes =
    [
        Uri.UriSchemeHttp,
#if NET
        Uri.UriSchemeHttps,
        "socks4",
        "socks4a",
        "socks5",
#endif
    ];

    /// <summary>Whether an address can be that of a proxy.</summary>
    public static bool IsValid(Uri address) => address.IsAbsoluteUri && s_schemes.Contains(address.Scheme) && address.Host.Length > 0;

    /// <summary>Separates the user name and password from an address.</summary>
    public static (Uri? Address, NetworkCredential? Credential) Split(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true, UserInfo.Length: > 0 })
        {
            return (address, null);
        }

        var parts = address.UserInfo.Split([':'], 2).Select(Uri.UnescapeDataString).ToArray();
        var bare = new UriBuilder(address) { UserName = "", Password = "" };
        return (bare.Uri, new NetworkCredential(parts[0], parts.ElementAtOrDefault(1) ?? ""));
    }
}
