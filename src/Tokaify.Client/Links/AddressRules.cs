using System.Net;
using System.Net.Sockets;

namespace Tokaify;

/// <summary>Checks the IP addresses of links: only public ones are allowed.</summary>
/// <remarks>An IPv4 address is public if it is outside the ranges of IANA's special-purpose registry. An IPv6 address is public if it is a
/// global unicast address and outside the ranges that stand for another address or for documentation. Addresses that contain an IPv4
/// address are checked by that address, or refused.</remarks>
internal static class AddressRules
{
    // https://www.iana.org/assignments/iana-ipv4-special-registry
    private static readonly Range[] s_specialV4 =
    [
        new("0.0.0.0", 8), new("10.0.0.0", 8), new("100.64.0.0", 10), new("127.0.0.0", 8), new("169.254.0.0", 16), new("172.16.0.0", 12),
        new("192.0.0.0", 24), new("192.0.2.0", 24), new("192.88.99.0", 24), new("192.168.0.0", 16), new("198.18.0.0", 15),
        new("198.51.100.0", 24), new("203.0.113.0", 24), new("224.0.0.0", 4), new("240.0.0.0", 4),
        // This address looks public. On Azure, it leads to the host of the virtual machine.
        new("168.63.129.16", 32),
    ];

    private static readonly Range s_globalV6 = new("2000::", 3);

    // https://www.iana.org/assignments/iana-ipv6-special-registry. The first range includes Teredo, and the second one is 6to4.
    private static readonly Range[] s_specialV6 = [new("2001::", 23), new("2002::", 16), new("2001:db8::", 32), new("3fff::", 20)];

    // A translator creates these for hosts that have no IPv6 address (RFC 6052).
    private static readonly Range s_translatedV6 = new("64:ff9b::", 96);

    /// <summary>Whether an address is public.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !s_specialV4.Any(range => range.Holds(bytes)),
            AddressFamily.InterNetworkV6 when address.IsIPv4MappedToIPv6 || s_translatedV6.Holds(bytes) => IsPublic(LastFour(bytes)),
            AddressFamily.InterNetworkV6 => s_globalV6.Holds(bytes) && !s_specialV6.Any(range => range.Holds(bytes)) && !IsIsatap(bytes),
            _ => false,
        };
    }

    private static IPAddress LastFour(byte[] bytes) => new(bytes.AsSpan(bytes.Length - 4).ToArray());

    // RFC 5214: a tunnel to the IPv4 address in the last four bytes, which belongs to the local site.
    private static bool IsIsatap(byte[] bytes) =>
        (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;

    private sealed class Range(string address, int length)
    {
        private readonly byte[] _bytes = IPAddress.Parse(address).GetAddressBytes();

        public bool Holds(byte[] bytes)
        {
            var whole = length / 8;
            var mask = 0xFF << (8 - (length % 8)) & 0xFF;
            return bytes.Length == _bytes.Length
                && bytes.AsSpan(0, whole).SequenceEqual(_bytes.AsSpan(0, whole))
                && (mask == 0 || ((bytes[whole] ^ _bytes[whole]) & mask) == 0);
        }
    }
}
