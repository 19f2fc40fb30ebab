using Xunit;

namespace Tokaify.Tests.Models;

public class ModelCatalogTests
{
    [Theory]
    [InlineData("gemini-2.5-flash-image", "1:1 3:2 2:3 3:4 4:3 4:5 5:4 9:16 16:9 21:9")]
    [InlineData("gemini-3.1-flash-image-preview", "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9")]
    public void Holds_the_aspect_ratios_of_the_relays_page(string name, string ratios) =>
        Assert.Equal(ratios, string.Join(' ', ModelCatalog.BuiltIn.Find(name)!.AspectRatios));

    [Theory]
    [InlineData("gemini-3.1-flash-image", "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9", "512 1K 2K 4K", "minimal high", "minimal")]
    [InlineData("gemini-3-pro-image", "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9", "1K 2K 4K", "", null)]
    [InlineData("gemini-3-pro-image-preview", "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9", "1K 2K 4K", "", null)]
    [InlineData("gemini-nano-banana-2.1", "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9", "1K 2K 4K", "minimal medium high", "medium")]
    public void Has_Googles_values_for_models_that_the_relays_pages_do_not_name(
        string name, string ratios, string sizes, string levels, string? level)
    {
        var model = ModelCatalog.BuiltIn.Find(name)!;
        Assert.Equal(ratios, string.Join(' ', model.AspectRatios));
        Assert.Equal(sizes, string.Join(' ', model.ImageSizes));
        Assert.Equal("1K", model.DefaultImageSize);
        Assert.Equal(levels, string.Join(' ', model.ThinkingLevels));
        Assert.Equal(level, model.DefaultThinkingLevel);
        Assert.Equal(14, model.MaxInputImages);
    }

    [Theory]
    [InlineData("gemini-2.5-flash-image", null, "0.039")]
    [InlineData("gemini-3.1-flash-image", "512", "0.045")]
    [InlineData("gemini-3.1-flash-image", "1K", "0.067")]
    [InlineData("gemini-3.1-flash-image-preview", "2K", "0.101")]
    [InlineData("gemini-3.1-flash-image-preview", "4K", "0.151")]
    [InlineData("gemini-3-pro-image", "1K", "0.134")]
    [InlineData("gemini-3-pro-image", "2K", "0.134")]
    [InlineData("gemini-3-pro-image-preview", "4K", "0.24")]
    [InlineData("gemini-nano-banana-2.1", "1K", "0.0336")]
    [InlineData("gemini-nano-banana-2.1", "2K", "0.0504")]
    [InlineData("gemini-nano-banana-2.1", "4K", "0.113")]
    public void Knows_Googles_list_prices(string name, string? size, string price)
    {
        var known = ModelCatalog.BuiltIn.Find(name)!.Price!;
        Assert.Equal(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), known.OfImage(size));
        Assert.Equal("USD", known.Currency);
        Assert.Equal("2026-10", known.AsOf);
        Assert.True(known.IsListPrice);
        Assert.StartsWith("https://ai.google.dev/", known.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini-2.5-flash-image", "2026-10-02", true, "gemini-3.1-flash-image")]
    [InlineData("gemini-3.1-flash-image-preview", "2026-06-25", false, "gemini-3.1-flash-image")]
    [InlineData("gemini-3-pro-image-preview", "2026-06-25", false, "gemini-3-pro-image")]
    [InlineData("gemini-3.1-flash-image", null, false, null)]
    [InlineData("gemini-3-pro-image", null, false, null)]
    [InlineData("gemini-nano-banana-2.1", null, false, null)]
    public void Knows_which_models_are_retired_and_their_replacements(string name, string? day, bool isEarliest, string? replacement)
    {
        var model = ModelCatalog.BuiltIn.Find(name)!;
        Assert.Equal(day, model.RetiresOn is { } date ? CatalogDate.Text(date) : null);
        Assert.Equal(isEarliest, model.RetiresOnIsEarliest);
        Assert.Equal(replacement, model.Replacement);
    }

    [Fact]
    public void Has_one_default() => Assert.Equal("gemini-2.5-flash-image", ModelCatalog.BuiltIn.Default.Name);

    [Fact]
    public void Finds_a_model_under_the_name_that_lists_give_it() =>
        Assert.Equal("gemini-2.5-flash-image", ModelCatalog.BuiltIn.Find("models/Gemini-2.5-flash-image")!.Name);

    [Fact]
    public void Does_not_find_other_models() => Assert.Null(ModelCatalog.BuiltIn.Find("gemini-9"));

    [Fact]
    public void Every_ratio_has_a_pixel_size_that_is_close_to_it()
    {
        foreach (var model in ModelCatalog.BuiltIn.Models)
        {
            foreach (var ratio in model.AspectRatios)
            {
                var sides = ratio.Split(':').Select(double.Parse).ToArray();
                var size = model.OutputSize(ratio)!.Value;
                Assert.InRange((double)size.Width / size.Height / (sides[0] / sides[1]), 0.95, 1.05);
            }
        }
    }
}
