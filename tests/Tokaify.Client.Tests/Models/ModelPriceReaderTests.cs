using System.Text;
using Xunit;

namespace Tokaify.Tests.Models;

public class ModelPriceReaderTests
{
    private const string Known = "gemini-3.1-flash-image";

    [Fact]
    public void Reads_an_amount_for_each_image_and_amounts_for_tokens()
    {
        var price = Read("""
            {"currency":"EUR","perImage":0.039,"perMillionInputTokens":0.3,"perMillionOutputTokens":2.5,"asOf":"2026-11-21","source":"the relay's page"}
            """);
        Assert.Equal("EUR", price.Currency);
        Assert.Equal(0.039m, price.OfImage("4K"));
        Assert.Equal(0.3m, price.PerMillionInputTokens);
        Assert.Equal(2.5m, price.PerMillionOutputTokens);
        Assert.Equal("2026-11-21", price.AsOf);
        Assert.Equal("the relay's page", price.Source);
    }

    [Fact]
    public void Reads_an_amount_for_each_image_size()
    {
        var price = Read("""{"currency":"USD","perImage":{"1K":0.1,"2K":1e-1}}""");
        Assert.Equal(0.1m, price.OfImage("1K"));
        Assert.Equal(0.1m, price.OfImage("2K"));
        Assert.Null(price.OfImage(null));
        Assert.Null(price.OfImage("4K"));
    }

    [Fact]
    public void A_price_of_tokens_only_gives_no_price_of_an_image()
    {
        var price = Read("""{"currency":"USD","perMillionOutputTokens":30}""");
        Assert.False(price.IsPerImage);
        Assert.Null(price.OfImage("1K"));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("en-US")]
    public void Is_exact_in_every_language(string culture)
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo(culture);
        try
        {
            Assert.Equal("1K 0.0336, 4K 0.113 USD", Read("""{"currency":"USD","perImage":{"1K":0.0336,"4K":0.113}}""").ToString());
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_price_of_the_user_is_not_a_list_price_and_does_not_have_its_date()
    {
        var price = OfKnown("""{"perImage":0.02}""");
        Assert.Equal(0.02m, price.OfImage("4K"));
        Assert.Equal("USD", price.Currency);
        Assert.False(price.IsListPrice);
        Assert.Null(price.AsOf);
        Assert.Null(price.Source);
    }

    [Fact]
    public void Values_that_the_user_leaves_out_are_kept()
    {
        var price = OfKnown("""{"currency":"USD","perMillionInputTokens":0.5}""");
        Assert.Equal(0.067m, price.OfImage("1K"));
        Assert.Equal(0.5m, price.PerMillionInputTokens);
    }

    [Fact]
    public void Amounts_of_another_currency_do_not_stay()
    {
        var price = OfKnown("""{"currency":"EUR","perMillionOutputTokens":30}""");
        Assert.False(price.IsPerImage);
    }

    [Theory]
    [InlineData("0.039", "an object such as")]
    [InlineData("""{"perImage":0.039}""", "has no \"currency\"")]
    [InlineData("""{"currency":"USD"}""", "has no amount")]
    [InlineData("""{"currency":"USD","perImage":null}""", "has no amount")]
    [InlineData("""{"currency":"USD","perImage":{}}""", "\"perImage\" in the price of a has to be")]
    [InlineData("""{"currency":"USD","perImage":-0.01}""", "a number from 0")]
    [InlineData("""{"currency":"USD","perImage":"0.039"}""", "a number from 0")]
    [InlineData("""{"currency":"USD","perImage":1e300}""", "a number from 0")]
    [InlineData("""{"currency":"USD","perImage":{"1K":-1}}""", "\"1K\" in the price of a has to be a number from 0")]
    [InlineData("""{"currency":"USD","perImage":{"8K":1}}""", "names '8K', and the model takes 1K, 2K, 4K")]
    [InlineData("""{"currency":"$","perImage":1}""", "three capital letters")]
    [InlineData("""{"currency":"usd","perImage":1}""", "three capital letters")]
    [InlineData("""{"currency":978,"perImage":1}""", "three capital letters")]
    [InlineData("""{"currency":"USD","perMillionOutputTokens":-1}""", "a number from 0")]
    [InlineData("""{"currency":"USD","perImage":1,"asOf":"October"}""", "\"asOf\" in the price of a has to be a month")]
    [InlineData("""{"currency":"USD","perImage":1,"per1K":1}""", "the unknown field \"per1K\"")]
    public void A_flaw_is_named(string price, string flaw) =>
        Assert.Contains(flaw, Assert.Throws<FormatException>(() => Read(price)).Message, StringComparison.Ordinal);

    private static ModelPrice Read(string price) =>
        Entries($$"""{"models":[{"name":"a","price":{{price}},"imageSizes":["1K","2K","4K"]}]}""", known: null)[0].Price!;

    private static ModelPrice OfKnown(string price) =>
        Entries($$"""{"models":[{"name":"{{Known}}","price":{{price}}}]}""", ModelCatalog.BuiltIn.Find)[0].Price!;

    private static List<ImageModel> Entries(string json, Func<string, ImageModel?>? known) =>
        ModelCatalogReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), known);
}
