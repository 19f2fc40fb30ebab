using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;
using static Tokaify.Tests.Emulator.EmulatorCaller;

namespace Tokaify.Tests.Emulator;

public sealed class EmulatorEditTests : IDisposable
{
    private readonly EmulatorCaller _relay = new();

    public static TheoryData<string, string, string?, int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<string, string, string?, int, int>();
            foreach (var model in ModelCatalog.BuiltIn.Models)
            {
                foreach (var ratio in model.AspectRatios)
                {
                    var size = model.OutputSize(ratio)!.Value;
                    sizes.Add(model.Name, ratio, null, size.Width, size.Height);
                }
            }

            sizes.Add(Flash31, "16:9", "512", 688, 384);
            sizes.Add(Flash31, "16:9", "1K", 1376, 768);
            sizes.Add(Flash31, "16:9", "2K", 2752, 1536);
            sizes.Add(Flash31, "1:1", "4K", 4096, 4096);
            return sizes;
        }
    }

    public void Dispose() => _relay.Dispose();

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task An_image_has_the_models_size_for_its_ratio_and_decodes(
        string model, string ratio, string? size, int width, int height)
    {
        var png = await _relay.ImageAsync(Edit(config: Config(ratio, size)), model);

        Assert.Equal((width, height), (png.Width, png.Height));
        var rows = png.Inflate();
        Assert.Equal((width + 1) * height, rows.Length);
        Assert.True(rows.Max() < png.PaletteLength);
    }

    [Fact]
    public async Task An_image_without_a_ratio_is_square()
    {
        var png = await _relay.ImageAsync(Edit());

        Assert.Equal((1024, 1024), (png.Width, png.Height));
    }

    [Fact]
    public async Task A_response_has_the_fields_of_the_pages_example()
    {
        var (status, json) = await _relay.AskAsync(Edit());

        Assert.Equal(HttpStatusCode.OK, status);
        var candidate = json.GetProperty("candidates")[0];
        Assert.Equal("model", candidate.GetProperty("content").GetProperty("role").GetString());
        Assert.Equal("STOP", candidate.GetProperty("finishReason").GetString());
        Assert.Equal("image/png", PartsOf(json).Single().GetProperty("inlineData").GetProperty("mimeType").GetString());
        Assert.Equal(Flash25, json.GetProperty("modelVersion").GetString());
        Assert.NotEmpty(json.GetProperty("responseId").GetString()!);
    }

    [Fact]
    public async Task Usage_counts_text_and_images()
    {
        var (_, json) = await _relay.AskAsync(Edit(prompt: "Make it evening."));

        var usage = json.GetProperty("usageMetadata");
        Assert.Equal(4 + 258, usage.GetProperty("promptTokenCount").GetInt32());
        Assert.Equal(1290, usage.GetProperty("candidatesTokenCount").GetInt32());
        Assert.Equal(4 + 258 + 1290, usage.GetProperty("totalTokenCount").GetInt32());
        Assert.Equal(["TEXT", "IMAGE"], usage.GetProperty("promptTokensDetails").EnumerateArray()
            .Select(detail => detail.GetProperty("modality").GetString()));
    }

    [Fact]
    public async Task A_response_names_its_type_its_length_and_its_request()
    {
        using var response = await _relay.PostAsync(Edit());

        Assert.Equal("application/json; charset=UTF-8", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Content.Headers.ContentLength > 1000);
        Assert.NotEmpty(response.Headers.GetValues("X-Oneapi-Request-Id").Single());
    }

    [Theory]
    [InlineData("""{"responseModalities":["IMAGE"]}""", "inlineData")]
    [InlineData("""{"responseModalities":["TEXT","IMAGE"]}""", "text inlineData")]
    [InlineData("""{"responseModalities":["TEXT"]}""", "text")]
    [InlineData("{}", "text inlineData")]
    [InlineData("null", "text inlineData")]
    public async Task Text_precedes_the_image_if_it_is_requested_or_by_default(string config, string kinds)
    {
        var (_, json) = await _relay.AskAsync(Edit(config: config));

        Assert.Equal(kinds, string.Join(' ', PartsOf(json).Select(part => part.EnumerateObject().First().Name)));
    }

    [Fact]
    public async Task The_same_request_gives_the_same_image() =>
        Assert.Equal(await _relay.ImageBytesAsync(Edit()), await _relay.ImageBytesAsync(Edit()));

    [Fact]
    public async Task Both_spellings_of_a_field_mean_the_same()
    {
        var snake = """
            {"contents":[{"parts":[{"text":"a"}]}],
            "generation_config":{"response_modalities":["IMAGE"],"top_k":3,"image_config":{"aspect_ratio":"3:2"}}}
            """;
        var camel = """
            {"contents":[{"parts":[{"text":"a"}]}],
            "generationConfig":{"responseModalities":["IMAGE"],"topK":3,"imageConfig":{"aspectRatio":"3:2"}}}
            """;

        Assert.Equal(await _relay.ImageBytesAsync(snake), await _relay.ImageBytesAsync(camel));
    }

    [Fact]
    public async Task An_image_may_come_in_under_the_camel_case_name()
    {
        var camel = Edit().Replace("inline_data", "inlineData").Replace("mime_type", "mimeType");

        Assert.Equal(await _relay.ImageBytesAsync(Edit()), await _relay.ImageBytesAsync(camel));
    }

    [Theory]
    [InlineData("Make it morning.", """{"responseModalities":["IMAGE"]}""", Flash25)]
    [InlineData("Make it evening.", """{"responseModalities":["IMAGE"],"seed":7}""", Flash25)]
    [InlineData("Make it evening.", """{"responseModalities":["IMAGE"],"temperature":0.5}""", Flash25)]
    [InlineData("Make it evening.", """{"responseModalities":["IMAGE"]}""", Flash31)]
    public async Task Another_request_gives_another_image(string prompt, string config, string model)
    {
        var one = await _relay.ImageAsync(Edit());
        var other = await _relay.ImageAsync(Edit(prompt, config: config), model);

        Assert.NotEqual(one.Inflate(), other.Inflate());
    }

    [Fact]
    public async Task Another_source_gives_another_image()
    {
        var source = Convert.ToBase64String(await _relay.ImageBytesAsync(Edit()));

        Assert.NotEqual((await _relay.ImageAsync(Edit())).Inflate(), (await _relay.ImageAsync(Edit(data: source))).Inflate());
    }

    [Fact]
    public async Task An_image_has_its_model_its_prompt_and_the_digest_of_its_source()
    {
        var png = await _relay.ImageAsync(Edit("Ein Café am Meer 日没"));

        Assert.Equal("Tokaify emulator", png.Text("Software"));
        Assert.Equal(Flash25, png.Text("Model"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(Dot))), png.Text("Source-SHA256"));
        Assert.Equal("Ein Café am Meer 日没", png.Text("Prompt"));
    }

    [Fact]
    public async Task An_image_from_text_alone_names_no_source()
    {
        var png = await _relay.ImageAsync("""{"contents":[{"parts":[{"text":"A lighthouse"}]}]}""");

        Assert.Null(png.Text("Source-SHA256"));
        Assert.Equal("A lighthouse", png.Text("Prompt"));
    }

    [Theory]
    [InlineData("image/png", Dot)]
    [InlineData("image/jpeg", "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=")]
    [InlineData("image/webp", "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")]
    [InlineData("image/heic", "AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAAADG1ldGEAAAAA")]
    [InlineData("image/heif", "AAAAGGZ0eXBtaWYxAAAAAG1pZjFtaWFmAAAADG1ldGEAAAAA")]
    public async Task Every_input_type_of_the_page_is_taken(string mimeType, string data)
    {
        var (status, _) = await _relay.AskAsync(Edit(data: data).Replace("image/png", mimeType));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Every_optional_field_is_taken()
    {
        var request = $$$$"""
            {"systemInstruction":{"parts":[{"text":"Keep faces."}]},
            "contents":[{"role":"user","parts":[{"text":"Go"},{"inline_data":{"mime_type":"image/png","data":"{{{{Dot}}}}"}},
            {"inline_data":{"mime_type":"image/png","data":"{{{{Dot}}}}"}}]}],
            "generationConfig":{"temperature":0.7,"topP":0.9,"topK":40,"maxOutputTokens":100000,"seed":1,"stopSequences":["x"],
            "responseModalities":["TEXT","IMAGE"],"imageConfig":{"aspectRatio":"8:1","imageSize":"1K"},"candidateCount":1},
            "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],
            "tools":[{"google_search":{}}],"toolConfig":{},"labels":{"a":"b"},"cachedContent":null}
            """;

        Assert.Equal(HttpStatusCode.OK, (await _relay.AskAsync(request, Flash31)).Status);
    }

    [Fact]
    public async Task A_model_of_version_3_signs_its_images_and_accepts_them_signed()
    {
        var (_, first) = await _relay.AskAsync(Edit(), Flash31);

        var (status, second) = await _relay.AskAsync(SecondTurn(PartsOf(first).Last().GetRawText()), Flash31);

        Assert.Equal(HttpStatusCode.OK, status);
        var png = new PngFile(PartsOf(second).Last().GetProperty("inlineData").GetProperty("data").GetBytesFromBase64());
        Assert.Equal("Now with snow.", png.Text("Prompt"));
    }

    [Theory]
    [InlineData(null, "Image part is missing a thought_signature in content position 2, part position 1.")]
    [InlineData("AAAA", "Corrupted thought signature.")]
    public async Task An_image_that_comes_back_without_its_signature_is_refused(string? signature, string message)
    {
        var signed = signature is null ? "" : $$$$""","thoughtSignature":"{{{{signature}}}}" """;
        var part = $$$$"""{"inlineData":{"mimeType":"image/png","data":"{{{{Dot}}}}"}{{{{signed}}}}}""";

        var (status, json) = await _relay.AskAsync(SecondTurn(part), Flash31);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(message, json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_model_before_version_3_neither_signs_nor_asks_for_signatures()
    {
        var (_, first) = await _relay.AskAsync(Edit());
        var image = PartsOf(first).Last();

        Assert.False(image.TryGetProperty("thoughtSignature", out _));
        Assert.Equal(HttpStatusCode.OK, (await _relay.AskAsync(SecondTurn(image.GetRawText()))).Status);
    }

    [Fact]
    public async Task A_draft_may_be_sent_back_unsigned()
    {
        var draft = $$$$"""{"thought":true,"inlineData":{"mimeType":"image/png","data":"{{{{Dot}}}}"}}""";

        Assert.Equal(HttpStatusCode.OK, (await _relay.AskAsync(SecondTurn(draft), Flash31)).Status);
    }

    [Fact]
    public async Task A_model_of_another_kind_responds_with_text()
    {
        var (status, json) = await _relay.AskAsync("""{"contents":[{"parts":[{"text":"Hello"}]}]}""", "gemini-2.5-flash");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(JsonValueKind.String, PartsOf(json).Single().GetProperty("text").ValueKind);
    }

    private static string SecondTurn(string modelPart) => $$$$"""
        {"contents":[{"role":"user","parts":[{"text":"Make it evening."}]},
        {"role":"model","parts":[{{{{modelPart}}}}]},
        {"role":"user","parts":[{"text":"Now with snow."}]}]}
        """;
}
