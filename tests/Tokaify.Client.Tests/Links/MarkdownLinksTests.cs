using System.Diagnostics;
using Xunit;

namespace Tokaify.Tests.Links;

public sealed class MarkdownLinksTests
{
    /// <summary>A text and its addresses. Each row is a case.</summary>
    private static readonly Dictionary<string, (string Text, string[] Links)> s_rows = new()
    {
        ["alone"] = ("![image](https://a.test/b.png)", ["https://a.test/b.png"]),
        ["no description"] = ("![](https://a.test/b.png)", ["https://a.test/b.png"]),
        ["plain http"] = ("![image](http://a.test/b.png)", ["http://a.test/b.png"]),
        ["upper case"] = ("![image](HTTPS://A.test/b.png)", ["HTTPS://A.test/b.png"]),
        ["text around"] = ("Here: ![a](https://a.test/1) and ![b](https://a.test/2)!", ["https://a.test/1", "https://a.test/2"]),
        ["twice the same"] = ("![a](https://a.test/1) ![b](https://a.test/1)", ["https://a.test/1"]),
        ["a title"] = ("![a](https://a.test/1 \"Title (1)\") ![b](https://a.test/2\n'b')", ["https://a.test/1", "https://a.test/2"]),
        ["spaces around"] = ("![a]( \n https://a.test/1 \n )", ["https://a.test/1"]),
        ["angle brackets"] = ("![a](<https://a.test/b c.png>)", ["https://a.test/b c.png"]),
        ["parentheses"] = ("![a](https://a.test/b_(1).png)", ["https://a.test/b_(1).png"]),
        ["escaped parentheses"] = ("![a](https://a.test/b\\).png)", ["https://a.test/b).png"]),
        ["an entity"] = ("![a](https://a.test/?b=1&amp;c=2)", ["https://a.test/?b=1&c=2"]),
        ["brackets in the description"] = ("![a [b] c](https://a.test/1)", ["https://a.test/1"]),
        ["an escaped bracket"] = ("![a \\] b](https://a.test/1)", ["https://a.test/1"]),
        ["inside of a link"] = ("[![a](https://a.test/1)](https://a.test/2)", ["https://a.test/1"]),
        ["inside of an image's description"] = ("![![a](https://a.test/1)](https://a.test/2)", ["https://a.test/1", "https://a.test/2"]),
        ["behind one that never ends"] = ("![ ![a](https://a.test/1)", ["https://a.test/1"]),
        ["behind exclamation marks"] = ("!!!![a](https://a.test/1)", ["https://a.test/1"]),
        ["a link"] = ("[a](https://a.test/1)", []),
        ["an escaped exclamation mark"] = ("\\![a](https://a.test/1)", []),
        ["an escaped bracket at the beginning"] = ("!\\[a](https://a.test/1)", []),
        ["a space before the address"] = ("![a] (https://a.test/1)", []),
        ["never ended"] = ("![a](https://a.test/1", []),
        ["never ended in angle brackets"] = ("![a](<https://a.test/1)", []),
        ["another scheme"] = ("![a](ftp://a.test/1) ![b](sandbox:/mnt/b.png) ![c](c.png) ![d](data:image/png,d) ![e]()", []),
        ["an address alone"] = ("https://a.test/1.png", []),
        ["too long"] = ($"![a](https://a.test/{new string('b', MarkdownLinks.LongestAddress)})", []),
        ["nothing"] = ("", []),
        ["only the beginning"] = ("![", []),
    };

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    public static TheoryData<string> Floods => ["![", "[", "](", "![](", "![a](https://a.test/", "![a](<https://", "![a](https://a.test/(((", "\\", "![]("];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Finds_the_addresses_of_images(string name)
    {
        var (text, links) = s_rows[name];
        Assert.Equal(links, MarkdownLinks.In(text));
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public void A_hostile_text_takes_time_in_proportion_to_its_length(string repeated)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, Utf8Text.Limit / repeated.Length));
        var clock = Stopwatch.StartNew();
        Assert.Empty(MarkdownLinks.In(text));
        // A hundredth of the time for quadratic growth.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Returns_no_more_than_the_limit() => Assert.Equal(
        ImageSlots.Limit + 1,
        MarkdownLinks.In(string.Concat(Enumerable.Range(0, 500).Select(number => $"![a](https://a.test/{number})"))).Count);
}
