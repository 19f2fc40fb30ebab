using System.Net;

namespace Tokaify;

/// <summary>Decides which links are followed, by their text.</summary>
/// <param name="relay">The relay's address. Links to its own origin are allowed even if it is not public.</param>
/// <param name="text">Knows the secrets that must not be sent in an address.</param>
internal sealed class LinkRules(Uri relay, TextSanitizer text)
{
    private static readonly string[] s_namesOfThisMachine = ["localhost", "localdomain", "localhost6", "ip6-localhost", "ip6-loopback"];

    /// <summary>Returns the address of a link.</summary>
    /// <param name="link">The link, as it came.</param>
    /// <param name="from">The address that redirected to it; null if it is not a redirect.</param>
    /// <exception cref="LinkRefusedException">It is not followed.</exception>
    public Uri Check(string link, Uri? from = null)
    {
        if (text.Line(link) != link)
        {
            throw new LinkRefusedException("it contains a secret of this connection, or control characters");
        }

        return TryRead(link, from, out var address) ? Check(address!) : throw new LinkRefusedException("it is not an address");
    }

    /// <summary>Whether an address is of the relay's own origin: scheme, host and port.</summary>
    public bool IsOwnOrigin(Uri address) =>
        address.Scheme == relay.Scheme
        && address.Port == relay.Port
        && string.Equals(address.IdnHost, relay.IdnHost, StringComparison.OrdinalIgnoreCase);

    // On Unix, Uri reads a path without a host as a file path, and one that begins with // as the path of a share.
    private static bool TryRead(string link, Uri? from, out Uri? address) =>
        from is null ? Uri.TryCreate(link, UriKind.Absolute, out address)
        : link.StartsWith("//", StringComparison.Ordinal) ? Uri.TryCreate($"{from.Scheme}:{link}", UriKind.Absolute, out address)
        : link.Length > 0 && link[0] == '/' ? Uri.TryCreate(from.GetLeftPart(UriPartial.Authority) + link, UriKind.Absolute, out address)
        : Uri.TryCreate(from, link, out address);

    private Uri Check(Uri address)
    {
        if (address.UserInfo.Length > 0)
        {
            throw new LinkRefusedException("it contains a user name");
        }

        if (IsOwnOrigin(address))
        {
            return address;
        }

        if (address.Scheme != Uri.UriSchemeHttps)
        {
            throw new LinkRefusedException("it is neither an https address nor one of the relay's own");
        }

#if NET
        return IsPublicHost(address.IdnHost) ? address : throw LinkRefusedException.NotPublic(address.IdnHost);
#else
        // .NET Framework cannot connect to a given IP address for a host name, so the checked address might not be the one used.
        throw new LinkRefusedException("on .NET Framework, only links to the relay's own address are followed");
#endif
    }

    /// <summary>Whether a host may be public: a public address in any notation, or a name other than that of this machine.</summary>
    internal static bool IsPublicHost(string host)
    {
        host = host.TrimEnd('.');
        if (IPAddress.TryParse(host, out var address))
        {
            return AddressRules.IsPublic(address);
        }

        var labels = host.Split('.');
        var last = labels[labels.Length - 1];
        return host.Length > 0
            && host.All(IsOfName)
            && !IsNumber(last)
            && !s_namesOfThisMachine.Contains(last, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsOfName(char character) =>
        character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' or '.';

    // If the last label is a number, some parsers read the host as an IPv4 address, others as a name.
    private static bool IsNumber(string label) =>
        label.All(character => character is >= '0' and <= '9') || label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A link is not followed; the message completes "The link is refused: …".</summary>
internal sealed class LinkRefusedException(string message) : Exception(message)
{
    /// <summary>It leads to an address that is not public.</summary>
    /// <param name="place">The host or the address.</param>
    public static LinkRefusedException NotPublic(string place) => new($"it leads to {place}, which is not a public address");

    /// <summary>Returns the first one among the causes of a failure; null if there is none.</summary>
    public static LinkRefusedException? In(Exception? failure)
    {
        while (failure is not null and not LinkRefusedException)
        {
            failure = failure.InnerException;
        }

        return failure as LinkRefusedException;
    }
}
