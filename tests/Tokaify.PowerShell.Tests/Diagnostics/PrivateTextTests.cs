using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests.Diagnostics;

/// <summary>Texts of a report that users publish.</summary>
public sealed class PrivateTextTests
{
    private readonly PrivateText _clean = new(connection: null);

    [Theory]
    [InlineData("The address 'https://joe:secret@relay.test:80x' is wrong.", "The address 'https://****@relay.test:80x' is wrong.")]
    [InlineData("\"http://joe:a secret@proxy:80x\"", "\"http://****@proxy:80x\"")]
    [InlineData("http://joe:se/cr?e#t@x@proxy", "http://****@proxy")]
    [InlineData("https://secret-token@relay.test", "https://****@relay.test")]
    [InlineData(@"https:\/\/joe:secret@relay.test", @"https:\/\/****@relay.test")]
    [InlineData("htps:/joe:secret@relay.test", "htps:/****@relay.test")]
    [InlineData("See https://relay.test/help, not http://joe:Hunter2 pass@proxy:80x", "See https://relay.test/help, not http://****@proxy:80x")]
    [InlineData("https://joe:123@relay.test", "https://****@relay.test")]
    [InlineData(@"http://DOMAIN\joe:Hunter2@proxy", "http://****@proxy")]
    [InlineData("The proxy 'joe:secret@proxy:8080' is wrong.", "The proxy '****@proxy:8080' is wrong.")]
    public void The_user_and_the_password_of_an_address_are_removed_even_if_it_is_not_valid(string text, string clean) =>
        Assert.Equal(clean, _clean.Of(text));

    [Theory]
    [InlineData("https://relay.test:8443/v1 failed: no route.")]
    [InlineData(@"D:\images\@new\a.png")]
    [InlineData("row 12: ask admin@example.com")]
    [InlineData("The account is barred, see https://relay.test/help (code 4711, limit 20/day) or write to support@relay.test")]
    [InlineData("https://cdn.test/x/img@2x.png: HTTP 410 Gone.")]
    [InlineData("(https://cdn.test:8443/x/img@2x.png) is gone.")]
    [InlineData("'https://relay.test' (or \"https://relay.test:8443\") is closed, ask admin@example.com")]
    [InlineData("See https://relay.test?q=1, https://relay.test#top and https://relay.test. Ask admin@example.com")]
    [InlineData("See (https://relay.test), or ask admin@example.com")]
    [InlineData("http://[::1]:8080/v1 failed, ask admin@example.com")]
    public void Other_texts_stay(string text) => Assert.Equal(text, _clean.Of(text));

    [Theory]
    [InlineData("https://gateway.test:8443/v1/@acme/relay", "https://gateway.test:8443/v1/@acme/relay")]
    [InlineData("https://joe:Hunter2@gateway.test/v1?key=x", "https://gateway.test/v1")]
    [InlineData("joe:Hunter2@gateway.test", "gateway.test")]
    public void A_parsed_address_names_its_host_and_no_password(string address, string shown) =>
        Assert.Equal(shown, _clean.Of(AddressText.TextOf(new Uri(address))));

    [Theory]
    [InlineData("Paint\u200F it red\u200F now")]
    [InlineData("Paint\r\nit red\r\nnow")]
    [InlineData("red\u200F")]
    public void A_prompt_with_control_characters_is_removed(string prompt)
    {
        var message = new TokaifyException($"'{prompt}' is not there.").Message;

        Assert.DoesNotContain("red", _clean.Of(message, [prompt]), StringComparison.Ordinal);
    }
}
