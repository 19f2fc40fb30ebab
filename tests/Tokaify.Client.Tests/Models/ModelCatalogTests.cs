using Xunit;

namespace Tokaify.Tests.Models;

public class ModelCatalogTests
{
    [Theory]
    [InlineData("gemini-2.5-flash-image", "1:1 3:2 2:3 3:4 4:3 4:5 5:4 9:16 16:9 21:9")]
    [InlineData("gemini-3.1-flash-image-preview", "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9")]
    public void Holds_the_aspect_ratios_of_the_relays_page(string name, string ratios) =>
        Assert.Equal(ratios, string.Join(' ', ModelCatalog.BuiltIn.Find(name)!.AspectRatios));

    [Fact]
    public void Has_one_default() => Assert.Equal("gemini-2.5-flash-image", ModelCatalog.BuiltIn.Default.Name);

    [Fact]
    public void Finds_a_model_under_the_name_that_lists_give_it() =>
        Assert.Equal("gemini-2.5-flash-image", ModelCatalog.BuiltIn.Find("models/Gemini-2.5-flash-image")!.Name);

    [Fact]
    public void Knows_nothing_of_other_models() => Assert.Null(ModelCatalog.BuiltIn.Find("gemini-9"));

    [Fact]
    public void Documents_a_pixel_size_for_every_ratio_that_comes_close_to_it()
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
