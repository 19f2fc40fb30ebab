using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Cost;

public class RequestPriceTests
{
    private static readonly ModelPrice s_flat = new() { Currency = "USD", PerImage = 0.039m };

    private static readonly ModelPrice s_bySize = new()
    {
        Currency = "USD",
        PerImageBySize = new Dictionary<string, decimal> { ["512"] = 0.045m, ["1K"] = 0.067m, ["2K"] = 0.101m },
    };

    private static readonly UsageMetadata s_usage = new()
    {
        PromptTokenCount = 1000,
        CandidatesTokenCount = 1390,
        CandidatesImageTokenCount = 1290,
        ThoughtsTokenCount = 300,
        TotalTokenCount = 2690,
    };

    [Theory]
    [InlineData(null, "0.067")]
    [InlineData("2K", "0.101")]
    [InlineData("512px", "0.045")]
    [InlineData("4K", null)]
    public void An_image_costs_the_price_of_its_size_or_of_the_default_size(string? size, string? price) =>
        Assert.Equal(Money(price), Of(s_bySize, size).Estimate?.Amount);

    [Theory]
    [InlineData("""{"generationConfig":{"imageConfig":{"imageSize":"2K"}}}""", "0.101")]
    [InlineData("""{"generation_config":{"image_config":{"image_size":"2K"}}}""", "0.101")]
    [InlineData("""{"generationConfig":{"imageConfig":{"imageSize":null}}}""", "0.067")]
    [InlineData("""{"generationConfig":{"imageConfig":null}}""", "0.067")]
    [InlineData("""{"generationConfig":{"seed":1}}""", "0.045")]
    public void The_size_is_the_one_that_is_sent(string additional, string price)
    {
        var request = Request("512") with { AdditionalProperties = JsonDocument.Parse(additional).RootElement };
        Assert.Equal(Money(price), RequestPrice.Of(request, Model(s_bySize))!.Estimate?.Amount);
    }

    [Fact]
    public void A_model_without_a_price_has_no_known_cost()
    {
        Assert.Null(RequestPrice.Of(Request(null), Model(null)));
        Assert.Null(RequestPrice.Of(Request(null), model: null));
    }

    [Theory]
    [InlineData(1, "0.039")]
    [InlineData(3, "0.117")]
    [InlineData(0, "0")]
    public void Every_image_of_a_response_costs(int images, string cost) =>
        Assert.Equal(Money(cost), Of(s_flat).OfResponse(images, s_usage)?.Amount);

    [Fact]
    public void If_images_have_a_price_their_tokens_cost_nothing()
    {
        var price = Of(s_flat with { PerMillionInputTokens = 0.3m, PerMillionOutputTokens = 2.5m });
        // 1,000 tokens in; 100 of text and 300 of thoughts out.
        Assert.Equal(0.039m + 0.0003m + 0.001m, price.OfResponse(1, s_usage)?.Amount);
    }

    [Fact]
    public void If_the_service_does_not_say_which_tokens_are_image_tokens_candidate_tokens_add_nothing()
    {
        var price = Of(s_flat with { PerMillionOutputTokens = 2.5m });
        Assert.Equal(0.039m, price.OfResponse(1, new UsageMetadata { CandidatesTokenCount = 1390 })?.Amount);
    }

    [Fact]
    public void If_usage_is_missing_the_images_count()
    {
        var price = Of(s_flat with { PerMillionInputTokens = 0.3m, PerMillionOutputTokens = 2.5m });
        Assert.Equal(0.078m, price.OfResponse(2, usage: null)?.Amount);
    }

    [Fact]
    public void A_price_of_tokens_only_needs_and_counts_all_tokens()
    {
        var price = Of(new ModelPrice { Currency = "USD", PerMillionInputTokens = 0.3m, PerMillionOutputTokens = 30 });
        Assert.Equal(0.0003m + 0.0507m, price.OfResponse(1, s_usage)?.Amount);
        Assert.Null(price.OfResponse(1, usage: null));
        Assert.Null(price.Estimate);
    }

    [Theory]
    [InlineData(400, TokaifyErrorId.InvalidRequest, true, "0")]
    [InlineData(503, TokaifyErrorId.ServiceUnavailable, true, "0")]
    [InlineData(302, TokaifyErrorId.BadResponse, true, "0")]
    [InlineData(504, TokaifyErrorId.Timeout, true, null)]
    [InlineData(200, TokaifyErrorId.BadResponse, true, null)]
    [InlineData(null, TokaifyErrorId.ConnectionFailed, true, null)]
    [InlineData(null, TokaifyErrorId.ConnectionFailed, false, "0")]
    public void A_failure_costs_nothing_unless_the_service_may_have_made_an_image(int? status, TokaifyErrorId id, bool isSent, string? cost) =>
        Assert.Equal(Money(cost), Of(s_flat).OfFailure(new TokaifyException(id, "x") { StatusCode = status }, isSent)?.Amount);

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "0")]
    public void A_stopped_attempt_may_cost_once_it_was_sent(bool isSent, string? cost) =>
        Assert.Equal(Money(cost), Of(s_flat).OfFailure(failure: null, isSent)?.Amount);

    private static RequestPrice Of(ModelPrice price, string? size = null) => RequestPrice.Of(Request(size), Model(price))!;

    private static ImageRequest Request(string? size) => new() { Prompt = "x", Model = "own", ImageSize = size };

    private static ImageModel Model(ModelPrice? price) =>
        new() { Name = "own", ImageSizes = ["512", "1K", "2K", "4K"], DefaultImageSize = "1K", Price = price };

    private static decimal? Money(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
