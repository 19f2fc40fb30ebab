using Xunit;

namespace Tokaify.Tests.Http;

public class ApiKeyTests
{
    [Theory]
    [InlineData("sk-0123456789wxyz", "****wxyz")]
    [InlineData("  sk-0123456789wxyz\n", "****wxyz")]
    [InlineData("short", "****")]
    public void Shows_no_more_than_its_last_four_characters(string text, string shown) =>
        Assert.Equal(shown, $"{ApiKey.FromPlainText(text)}");

    [Theory]
    [InlineData("", TokaifyErrorId.ApiKeyMissing)]
    [InlineData(" \t", TokaifyErrorId.ApiKeyMissing)]
    [InlineData("two keys", TokaifyErrorId.InvalidArgument)]
    [InlineData("sk-12\r\nX-Other: header", TokaifyErrorId.InvalidArgument)]
    [InlineData("sk-schlüssel", TokaifyErrorId.InvalidArgument)]
    public void Refuses_what_cannot_be_a_key_without_repeating_it(string text, TokaifyErrorId id)
    {
        var error = Assert.Throws<TokaifyException>(() => ApiKey.FromPlainText(text));
        Assert.Equal(id, error.ErrorId);
        Assert.DoesNotContain("sk-", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://relay.example", TokaifyErrorId.InsecureConnection)]
    [InlineData("ftp://relay.example", TokaifyErrorId.InvalidArgument)]
    [InlineData("https://relay.example/?key=x", TokaifyErrorId.InvalidArgument)]
    [InlineData("https://me@relay.example", TokaifyErrorId.InvalidArgument)]
    public void Is_not_sent_to_an_address_that_cannot_be_a_relays(string address, TokaifyErrorId id)
    {
        var connection = new TokaifyConnection { BaseUri = new Uri(address), ApiKey = ApiKey.FromPlainText("key") };
        Assert.Equal(id, Assert.Throws<TokaifyException>(connection.Validate).ErrorId);
    }
}
