using System.Text;
using Xunit;

namespace Tokaify.Tests.Models;

public class ModelCatalogReaderTests
{
    [Fact]
    public void An_entry_needs_only_a_name()
    {
        var model = Assert.Single(Read("""{"models":[{"name":"models/own-image"}]}"""));
        Assert.Equal("own-image", model.Name);
        Assert.Empty(model.AspectRatios);
        Assert.Equal(0, model.MaxInputImages);
    }

    [Fact]
    public void Reads_every_field_of_the_built_in_catalogue()
    {
        var model = Assert.Single(Read(
            """
            // Comments and trailing commas are accepted.
            {"models":[{"name":"own","displayName":"Own","description":"Ours.","isDefault":true,"inputMimeTypes":["image/png"],
            "maxInputImages":2,"imageSizes":["1K","2K"],"defaultImageSize":"2K","outputs":{"1:1":"1024x1024","7:3":null},
            "thinkingLevels":["low","high"],"defaultThinkingLevel":"low","retiresOn":"2027-01-31","retiresOnIsEarliest":true,
            "replacement":"next","price":{"currency":"EUR","perImage":0.5},}]}
            """));
        Assert.Equal(["1:1", "7:3"], model.AspectRatios);
        Assert.Equal(new PixelSize(1024, 1024), model.OutputSize(null));
        Assert.Null(model.OutputSize("7:3"));
        Assert.True(model.IsDefault);
        Assert.Equal(2, model.MaxInputImages);
        Assert.Equal(["1K", "2K"], model.ImageSizes);
        Assert.Equal("2K", model.DefaultImageSize);
        Assert.Equal(["low", "high"], model.ThinkingLevels);
        Assert.Equal("low", model.DefaultThinkingLevel);
        Assert.Equal(new DateTime(2027, 1, 31), model.RetiresOn);
        Assert.True(model.RetiresOnIsEarliest);
        Assert.Equal("next", model.Replacement);
        Assert.Equal(0.5m, model.Price!.PerImage);
        Assert.Equal(["image/png"], model.InputMimeTypes);
    }

    [Fact]
    public void An_entry_with_a_known_name_changes_the_given_fields_and_keeps_the_others()
    {
        var catalog = With("""{"models":[{"name":"gemini-2.5-flash-image","maxInputImages":5},{"name":"own"}]}""");
        var model = catalog.Find("gemini-2.5-flash-image")!;
        Assert.Equal(5, model.MaxInputImages);
        Assert.Equal(10, model.AspectRatios.Count);
        Assert.True(model.IsDefault);
        Assert.Equal([.. ModelCatalog.BuiltIn.Models.Select(entry => entry.Name), "own"], catalog.Models.Select(entry => entry.Name));
    }

    [Fact]
    public void The_users_default_is_the_only_one()
    {
        var catalog = With("""{"models":[{"name":"own","isDefault":true}]}""");
        Assert.Equal("own", catalog.Default.Name);
        Assert.Single(catalog.Models, model => model.IsDefault);
    }

    [Fact]
    public void The_default_size_is_1K_if_none_is_given_and_the_model_has_it()
    {
        Assert.Equal("1K", Read("""{"models":[{"name":"a","imageSizes":["512","1K"]}]}""")[0].DefaultImageSize);
        Assert.Null(Read("""{"models":[{"name":"a","imageSizes":["2K"]}]}""")[0].DefaultImageSize);
        Assert.Null(With("""{"models":[{"name":"gemini-3-pro-image","imageSizes":["2K","4K"]}]}""").Find("gemini-3-pro-image")!.DefaultImageSize);
    }

    [Fact]
    public void A_day_in_the_users_catalogue_is_fixed_unless_it_says_otherwise()
    {
        var model = With("""{"models":[{"name":"gemini-2.5-flash-image","retiresOn":"2027-03-15"}]}""").Default;
        Assert.Equal(new DateTime(2027, 3, 15), model.RetiresOn);
        Assert.False(model.RetiresOnIsEarliest);
        Assert.Equal("gemini-3.1-flash-image", model.Replacement);
    }

    [Fact]
    public void A_retirement_announced_upstream_may_be_removed()
    {
        var model = With("""{"models":[{"name":"gemini-2.5-flash-image","retiresOn":null,"replacement":null,"price":null}]}""").Default;
        Assert.Null(model.RetiresOn);
        Assert.Null(model.Replacement);
        Assert.Null(model.Price);
    }

    [Theory]
    [InlineData("[]", "list \"models\"")]
    [InlineData("""{"models":{}}""", "list \"models\"")]
    [InlineData("""{"models":[{"displayName":"x"}]}""", "entry 1 has no \"name\"")]
    [InlineData("""{"models":[{"name":"a"},{"name":" "}]}""", "entry 2 has no \"name\"")]
    [InlineData("""{"models":[{"name":"a"},{"name":"models/A"}]}""", "twice")]
    [InlineData("""{"models":[{"name":"a","isDefault":true},{"name":"b","isDefault":true}]}""", "more than one")]
    [InlineData("""{"models":[{"name":"a","aspectRatio":"1:1"}]}""", "the unknown field \"aspectRatio\"")]
    [InlineData("""{"models":[{"name":"a","maxInputImages":-1}]}""", "\"maxInputImages\" of a has to be")]
    [InlineData("""{"models":[{"name":"a","imageSizes":"1K"}]}""", "\"imageSizes\" of a has to be a list")]
    [InlineData("""{"models":[{"name":"a","isDefault":"yes"}]}""", "true or false")]
    [InlineData("""{"models":[{"name":"a","outputs":{"wide":"1x1"}}]}""", "not 'wide'")]
    [InlineData("""{"models":[{"name":"a","outputs":{"1:1":"big"}}]}""", "\"1:1\" of a has to be a size")]
    [InlineData("""{"models":[{"name":"a","imageSizes":["2K"],"defaultImageSize":"1K"}]}""", "\"defaultImageSize\" of a names '1K', and the model takes 2K")]
    [InlineData("""{"models":[{"name":"a","defaultThinkingLevel":"high"}]}""", "and the model has no such choice")]
    [InlineData("""{"models":[{"name":"a","retiresOn":"31.10.2026"}]}""", "\"retiresOn\" of a has to be a day")]
    [InlineData("""{"models":[{"name":"a","retiresOn":"2026-02-30"}]}""", "\"retiresOn\" of a has to be a day")]
    [InlineData("""{"models":[{"name":"a","replacement":7}]}""", "\"replacement\" of a has to be a text")]
    public void A_flaw_is_named(string json, string flaw) =>
        Assert.Contains(flaw, Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"models":[{"name":"\ud800"}]}""")]
    [InlineData("""{"models":[{"name":"own","description":"\udc00"}]}""")]
    [InlineData("""{"models":[{"name":"own","\ud800":1}]}""")]
    [InlineData("""{"models":[{"name":"own","outputs":{"\ud800":null}}]}""")]
    [InlineData("""{"models":[{"name":"own\u001b[31m","\u0007":1}]}""")]
    public void The_error_for_a_users_file_is_an_error_of_the_module_without_control_characters(string json)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("models.json", Encoding.UTF8.GetBytes(json));
        var error = Assert.Throws<TokaifyException>(() => UserModelCatalog.LoadFrom(path, "a test"));

        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message + error.InnerException!.Message, ControlCharacters.Contains);
    }

    private static List<ImageModel> Read(string json) => ModelCatalogReader.Read(Stream(json), known: null);

    private static ModelCatalog With(string json) =>
        ModelCatalog.BuiltIn.With(ModelCatalogReader.Read(Stream(json), ModelCatalog.BuiltIn.Find));

    private static MemoryStream Stream(string json) => new(Encoding.UTF8.GetBytes(json));
}
