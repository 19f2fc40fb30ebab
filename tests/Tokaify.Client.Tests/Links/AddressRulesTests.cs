using System.Net;
using Xunit;

namespace Tokaify.Tests.Links;

/// <summary>The addresses that a link may have, in every notation.</summary>
public sealed class AddressRulesTests
{
    private static readonly string[] s_inner =
    [
        // First and last of each range.
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1",
        "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.0",
        "239.255.255.255", "240.0.0.0", "255.255.255.255", "168.63.129.16", "100.100.100.200",
    ];

    private static readonly string[] s_outer =
    [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "142.250.74.100", "168.63.129.15", "168.63.129.17",
    ];

    public static TheoryData<string> Inner => [.. s_inner];

    public static TheoryData<string> Outer => [.. s_outer];

    [Theory]
    [MemberData(nameof(Inner))]
    public void No_link_to_a_special_range_is_followed_in_any_notation(string address)
    {
        foreach (var notation in NotationsOf(address))
        {
            Assert.False(MayBeFollowed($"https://{notation}/a.png"), notation);
            Assert.False(MayBeFollowed($"https://{notation}:8443/a.png"), notation);
        }
    }

    [Theory]
    [MemberData(nameof(Outer))]
    public void A_link_leads_to_a_public_address(string address)
    {
        Assert.True(AddressRules.IsPublic(IPAddress.Parse(address)));
        Assert.True(AddressRules.IsPublic(IPAddress.Parse("::ffff:" + address)));
        Assert.True(LinkRules.IsPublicHost(address));
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::808:808")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:10::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("2a00:1450::5efe:7f00:1")]
    [InlineData("2a00:1450::200:5efe:a00:1")]
    [InlineData("3fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void No_link_leads_to_an_ipv6_address_that_is_not_global(string address)
    {
        Assert.False(AddressRules.IsPublic(IPAddress.Parse(address)));
        Assert.False(LinkRules.IsPublicHost(address));
        Assert.False(MayBeFollowed($"https://[{address}]/a.png"));
    }

    [Theory]
    [InlineData("2606:4700::6810:84e5")]
    [InlineData("2a00:1450:4001:82a::200e")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("::ffff:1.1.1.1")]
    public void A_link_leads_to_a_global_ipv6_address(string address) => Assert.True(AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("images.localhost")]
    [InlineData("localhost.localdomain")]
    [InlineData("ip6-localhost")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.1..")]
    [InlineData("256.1.1.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("images.test.0x7f")]
    [InlineData("0x7f.0.0.0x100000001")]
    [InlineData("99999999999")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("%31%32%37.0.0.1")]
    [InlineData("exa mple.test")]
    [InlineData("\uFF11\uFF12\uFF17.0.0.1")]
    public void A_name_of_this_machine_and_an_invalid_name_are_refused_without_a_lookup(string host) =>
        Assert.False(LinkRules.IsPublicHost(host));

    [Theory]
    [InlineData("images.test")]
    [InlineData("localhost.test")]
    [InlineData("1.images.test")]
    [InlineData("127.0.0.1.images.test")]
    [InlineData("0x.de")]
    public void For_another_name_its_addresses_decide(string host) => Assert.True(LinkRules.IsPublicHost(host));

    [Theory]
    [InlineData("http://images.test/a.png")]
    [InlineData("ftp://images.test/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("//images.test/a.png")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("gs://bucket/a.png")]
    [InlineData("https:images.test/a.png")]
    [InlineData("https://joe@images.test/a.png")]
    [InlineData("https://joe:secret@images.test/a.png")]
    [InlineData("https://relay.test@127.0.0.1/a.png")]
    [InlineData("http://joe@relay.test:8080/a.png")]
    [InlineData("http://relay.test/a.png")]
    [InlineData("http://relay.test:8081/a.png")]
    [InlineData("http://relay.test.:8080/a.png")]
    [InlineData("https://\u2460\u2461\u2466.0.0.1/a.png")]
    [InlineData("https://127\u3002" + "0\u3002" + "0\u3002" + "1/a.png")]
    [InlineData("https://images.test/\u202Egnp.a")]
    [InlineData("https://images.test/?key=" + Edits.Key)]
    [InlineData("https://images.test/?key=YS1rZXktdGhhdC1ub2JvZHktbWF5LXNlZQ")]
    [InlineData("https://images.test/?key=%61%2dkey-that-nobody-may-see")]
    public void Links_are_refused_for_their_scheme_host_user_name_or_secret(string link) => Assert.False(MayBeFollowed(link));

    [Theory]
    [InlineData("http://relay.test:8080/a.png")]
    [InlineData("HTTP://RELAY.test:8080/a.png?b=c#d")]
    [InlineData("https://images.test/a.png")]
    [InlineData("https://images.test:8443/a%20b.png?signature=abc%3D")]
    [InlineData("https://b\u00FCcher.test/a.png")]
    public void Links_to_public_addresses_and_to_the_relays_origin_are_followed(string link) => Assert.True(MayBeFollowed(link));

    [Theory]
    [InlineData("/b.png", "https://images.test/b.png")]
    [InlineData("b.png?c", "https://images.test/a/b.png?c")]
    [InlineData("//other.test/b.png", "https://other.test/b.png")]
    [InlineData("https://other.test/b.png", "https://other.test/b.png")]
    [InlineData("?b", "https://images.test/a/a.png?b")]
    public void A_redirect_may_be_relative(string location, string expected) =>
        Assert.Equal(expected, Rules.Check(location, new Uri("https://images.test/a/a.png")).AbsoluteUri);

    [Theory]
    [InlineData("//127.0.0.1/b.png")]
    [InlineData("http://images.test/b.png")]
    [InlineData("//joe@images.test/b.png")]
    [InlineData("\\\\127.0.0.1\\b.png")]
    [InlineData("file:///etc/passwd")]
    public void A_redirect_is_checked_like_the_link(string location) =>
        Assert.Throws<LinkRefusedException>(() => Rules.Check(location, new Uri("https://images.test/a/a.png")));

    private static LinkRules Rules => new(new Uri("http://relay.test:8080/api"), Edits.Errors.Text);

    private static bool MayBeFollowed(string link)
    {
        try
        {
            Rules.Check(link);
            return true;
        }
        catch (LinkRefusedException)
        {
            return false;
        }
    }

    // All notations of addresses that a URI accepts.
    private static IEnumerable<string> NotationsOf(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var number = ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
        var (first, rest) = (number >> 24, number & 0xFFFFFF);
        yield return address;
        yield return address + ".";
        yield return $"{number}";
        yield return $"0x{number:x}";
        yield return $"0X{number:X8}";
        yield return $"{first}.{rest}";
        yield return $"0x{first:x}.{rest}";
        yield return $"{first}.{bytes[1]}.{rest & 0xFFFF}";
        yield return string.Join(".", bytes.Select(value => $"0x{value:x}"));
        yield return string.Join(".", bytes.Select(value => "0" + Convert.ToString(value, 8)));
        yield return string.Join(".", bytes.Select(value => "000" + Convert.ToString(value, 8)));
        yield return string.Join("%2e", bytes.Select(value => $"{value}"));
        yield return $"%3{address[0]}{address.Substring(1)}";
        yield return string.Concat(address.Select(each => each == '.' ? each : (char)(each - '0' + '\uFF10')));
        yield return address.Replace('.', '\u3002');
        yield return $"[::ffff:{address}]";
        yield return $"[::{address}]";
        yield return $"[::ffff:0:{address}]";
        yield return $"[64:ff9b::{address}]";
        yield return $"[64:ff9b:1::{address}]";
        yield return $"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]";
        yield return $"[2a00::5efe:{address}]";
        yield return $"[0000:0000:0000:0000:0000:ffff:{number >> 16:x4}:{number & 0xFFFF:x4}]";
    }
}
