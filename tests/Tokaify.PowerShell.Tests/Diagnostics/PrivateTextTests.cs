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
    [InlineData("The proxy 'joe:secret@proxy:8080' is wrong.", "The proxy '****@proxy:8080' is wrong.")]
    public void The_user_and_the_password_of_an_address_are_removed_even_if_it_is_not_valid(string text, string clean) =>
        Assert.Equal(clean, _clean.Of(text));

    [Theory]
    [InlineData("https://relay.test:8443/v1 failed: no route.")]
    [InlineData(@"D:\images\@new\a.png")]
    [InlineData("row 12: ask admin@example.com")]
    public void Other_texts_stay(string text) => Assert.Equal(text, _clean.Of(text));
}
