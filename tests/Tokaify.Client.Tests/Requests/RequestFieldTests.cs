using System.Text;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Requests;

/// <summary>The field of each option in the request's JSON, and the values that are refused before anything is sent.</summary>
public class RequestFieldTests
{
    private const string Preview = "gemini-3.1-flash-image-preview";
    private const string Beginning = """{"contents":[{"role":"user","parts":[{"text":"x"}]}],""";

    private static readonly ImageRequest s_plain = new() { Prompt = "x", Model = Preview };

    public static TheoryData<string, ImageRequest> Placed => new()
    {
        { """{"generationConfig":{"responseModalities":["IMAGE"]}}""", s_plain },
        { """{"generationConfig":{"responseModalities":["TEXT","IMAGE"]}}""", s_plain with { IncludeText = true } },
        { """{"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"imageSize":"2K"}}}""", s_plain with { ImageSize = "2K" } },
        {
            """{"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"aspectRatio":"21:9","imageSize":"4K"}}}""",
            s_plain with { ImageSize = "4K", AspectRatio = "21:9" }
        },
        {
            """{"systemInstruction":{"parts":[{"text":"Flat <colours> & \"ink\""}]},"generationConfig":{"responseModalities":["IMAGE"]}}""",
            s_plain with { SystemInstruction = "Flat <colours> & \"ink\"" }
        },
        {
            """{"generationConfig":{"responseModalities":["IMAGE"],"temperature":0.5,"topP":0.25,"topK":40,"maxOutputTokens":4096,"seed":-7}}""",
            s_plain with { Temperature = 0.5, TopP = 0.25, TopK = 40, MaxOutputTokens = 4096, Seed = -7 }
        },
        {
            """{"generationConfig":{"responseModalities":["IMAGE"]},"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_ONLY_HIGH"}]}""",
            s_plain with { SafetySettings = [SafetySetting.Of("Harassment", "OnlyHigh")] }
        },
        {
            """{"generationConfig":{"responseModalities":["IMAGE"]},"tools":[{"googleSearch":{}},{"x":[1,null,"é"]}]}""",
            s_plain with { Tools = [Json("""{"googleSearch":{}}"""), Json("""{"x":[1,null,"é"]}""")] }
        },
        {
            """{"generationConfig":{"responseModalities":["IMAGE"],"temperature":1,"thinkingConfig":{"thinkingBudget":0}},"labels":{"team":"a"}}""",
            s_plain with { Temperature = 2, AdditionalProperties = Json("""{"generationConfig":{"temperature":1,"thinkingConfig":{"thinkingBudget":0}},"labels":{"team":"a"}}""") }
        },
        {
            """{"generationConfig":{"imageConfig":{"aspectRatio":"1:1","x":1}},"safetySettings":[]}""",
            s_plain with
            {
                AspectRatio = "1:1",
                SafetySettings = [SafetySetting.Of("Harassment", "None")],
                AdditionalProperties = Json("""{"generation_config":{"response_modalities":null,"image_config":{"x":1,"y":null}},"safetySettings":[],"tools":null}"""),
            }
        },
    };

    public static TheoryData<string, ImageRequest> Refused => new()
    {
        { "temperature is 2.1; it has to be between 0 and 2", s_plain with { Temperature = 2.1 } },
        { "temperature", s_plain with { Temperature = -0.1 } },
        { "temperature", s_plain with { Temperature = double.NaN } },
        { "top-p is 1.5", s_plain with { TopP = 1.5 } },
        { "top-k is 0; it has to be 1 or more", s_plain with { TopK = 0 } },
        { "output tokens is -1", s_plain with { MaxOutputTokens = -1 } },
        { "has no image size '8K'. It takes 512, 1K, 2K, 4K", s_plain with { ImageSize = "8K" } },
        { "takes no image size", s_plain with { ImageSize = "1K", Model = "gemini-2.5-flash-image" } },
        { "takes 3 pictures in one request", s_plain with { Images = [Image, Image, Image, Image], Model = "gemini-2.5-flash-image" } },
        { "contain 'contents'", s_plain with { AdditionalProperties = Json("""{"contents":null}""") } },
        { "contain 'contents'", s_plain with { AdditionalProperties = Json("""{"Contents":[]}""") } },
        { "not a JSON object", s_plain with { AdditionalProperties = Json("[]") } },
    };

    public static TheoryData<ImageRequest> Taken =>
    [
        s_plain with { Temperature = 0, TopP = 0, TopK = 1, MaxOutputTokens = 1, Seed = int.MinValue },
        s_plain with { Temperature = 2, TopP = 1, TopK = int.MaxValue, MaxOutputTokens = int.MaxValue, Seed = int.MaxValue },
        s_plain with { Images = [.. Enumerable.Repeat(Image, 14)] },
        s_plain with { Model = "another", AspectRatio = "7:3", ImageSize = "16K", Images = [.. Enumerable.Repeat(Image, 20)] },
        s_plain with { AdditionalProperties = Json("""{"generationConfig":{"contents":1}}""") },
    ];

    private static SourceImage Image => SourceImage.Inspect(TestImages.Path("palette.png"));

    [Theory]
    [MemberData(nameof(Placed))]
    public void Each_option_is_in_its_field_of_the_api(string fields, ImageRequest request) =>
        Assert.Equal($"{Beginning}{fields[1..]}", Encoding.UTF8.GetString(RequestBody.For(request).Json.Span));

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_the_service_would_refuse_is_refused_by_the_client(string message, ImageRequest request)
    {
        var error = Assert.Throws<TokaifyException>(request.Validate);
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Taken))]
    public void A_value_at_the_end_of_its_range_or_of_an_unknown_model_is_taken(ImageRequest request) => request.Validate();

    [Fact]
    public void Images_that_are_added_later_count()
    {
        var full = s_plain with { Images = [.. Enumerable.Repeat(Image, 14)] };

        full.Validate();
        Assert.Throws<TokaifyException>(() => full.Validate(imagesToCome: 1));
        Assert.Throws<TokaifyException>(() => full.ValidateSettings(imagesToCome: 1));
    }

    [Fact]
    public void The_images_keep_their_gaps_for_any_other_content_of_the_request()
    {
        var body = RequestBody.For(s_plain with { Images = [Image, Image], SystemInstruction = "y", Seed = 1 });
        using var json = JsonDocument.Parse(body.Json);
        Assert.Equal(2, body.Gaps.Count);
        Assert.All(body.Gaps, gap => Assert.Equal("\"\"", Encoding.UTF8.GetString(body.Json.Span.Slice(gap.Position - 1, 2))));
    }

    [Theory]
    [InlineData("HARM_CATEGORY_HATE_SPEECH", "BLOCK_NONE", "HARM_CATEGORY_HATE_SPEECH", "BLOCK_NONE")]
    [InlineData("harm_category_hate_speech", "block_none", "HARM_CATEGORY_HATE_SPEECH", "BLOCK_NONE")]
    [InlineData("HateSpeech", "MediumAndAbove", "HARM_CATEGORY_HATE_SPEECH", "BLOCK_MEDIUM_AND_ABOVE")]
    [InlineData("image_hate", "Off", "HARM_CATEGORY_IMAGE_HATE", "OFF")]
    [InlineData("HARM_CATEGORY_NEW", "BLOCK_SOME", "HARM_CATEGORY_NEW", "BLOCK_SOME")]
    public void A_safety_setting_is_recognized_by_its_long_or_short_name(string category, string threshold, string sentCategory, string sentThreshold)
    {
        var setting = SafetySetting.Of(category, threshold);
        Assert.Equal((sentCategory, sentThreshold), (setting.Category, setting.Threshold));
    }

    [Theory]
    [InlineData("Harrasment", "None", "HARM_CATEGORY_HARASSMENT")]
    [InlineData("Harassment", "Never", "BLOCK_ONLY_HIGH")]
    [InlineData("", "None", "HARM_CATEGORY_HARASSMENT")]
    [InlineData("HARM_CATEGORY_", "None", "HARM_CATEGORY_HARASSMENT")]
    public void An_unknown_safety_setting_is_refused_and_the_known_ones_are_named(string category, string threshold, string named)
    {
        var error = Assert.Throws<TokaifyException>(() => SafetySetting.Of(category, threshold));
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1:8", true)]
    [InlineData("8:1", true)]
    [InlineData("4:1", false)]
    [InlineData("1:4", false)]
    [InlineData("21:9", false)]
    [InlineData(null, false)]
    [InlineData("wide", false)]
    public void A_ratio_is_extreme_beyond_four_to_one(string? ratio, bool isExtreme) =>
        Assert.Equal(isExtreme, (s_plain with { AspectRatio = ratio }).HasExtremeAspectRatio);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
