using System.Net;
using System.Text;
using System.Text.Json;
using Tokaify.Emulation;
using Xunit;
using static Tokaify.Tests.Emulator.EmulatorCaller;

namespace Tokaify.Tests.Emulator;

public sealed class EmulatorRefusalTests : IDisposable
{
    private readonly EmulatorCaller _relay = new(new EmulatorOptions { MaxRequestBytes = 100_000 });

    /// <summary>A mistake, and the expected text of the response.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "Invalid JSON payload received." },
        { "{", "Invalid JSON payload received." },
        { "[]", "Root element must be a message." },
        { "\uFEFF{}", "Invalid JSON payload received." },
        { """{"contents":[{"parts":[{"text":"\ud800"}]}]}""", "Invalid JSON payload received." },
        { """{"contents":[{"parts":[{"text":"a"}]}],}""", "Invalid JSON payload received." },
        { "{}", "contents is not specified" },
        { """{"contents":null}""", "contents is not specified" },
        { """{"contents":[]}""", "contents is not specified" },
        { """{"contents":{}}""", "Invalid value at 'contents'" },
        { """{"contents":["a"]}""", "Invalid value at 'contents[0]'" },
        { """{"contents":[{"parts":[]}]}""", "contents.parts must not be empty." },
        { """{"contents":[{"parts":[{}]}]}""", "contents[0].parts[0].data: required oneof field 'data' must have one initialized field" },
        { """{"contents":[{"parts":[{"text":"a","inline_data":{}}]}]}""", "oneof field 'data' is already set. Cannot set 'inlineData'" },
        { """{"contents":[{"parts":[{"text":5}]}]}""", "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5" },
        { """{"contents":[{"parts":[{"text":" "}]}]}""", "no part has text" },
        { """{"contents":[{"role":"assistant","parts":[{"text":"a"}]}]}""", "Please use a valid role: user, model." },
        { """{"contents":[{"role":"model","parts":[{"text":"a"}]}]}""", "multiturn requests end with a user role" },
        { Edit().Replace("\"text\":\"Make it evening.\"", "\"fileData\":{}"), "no part has text" },
        { Edit().Replace("\"mime_type\":\"image/png\",", ""), "contents[0].parts[1].inline_data.mime_type" },
        { Edit().Replace($",\"data\":\"{Dot}\"", ""), "contents[0].parts[1].inline_data.data" },
        { Edit(data: ""), "contents[0].parts[1].inline_data.data" },
        { Edit().Replace("image/png", "image/gif"), "Unsupported MIME type: image/gif" },
        { Edit().Replace("image/png", "png"), "Unsupported MIME type: png" },
        { Edit(data: Dot.TrimEnd('=')), "Base64 decoding failed" },
        { Edit(data: Dot[..40] + " " + Dot[40..]), "Base64 decoding failed" },
        { Edit(data: Dot[..40] + "\\n" + Dot[40..]), "Base64 decoding failed" },
        { Edit(data: Dot.Replace('+', '-')), "Base64 decoding failed" },
        { Edit(data: "data:image/png;base64," + Dot), "Base64 decoding failed" },
        { Edit(data: "BASE64_IMAGE"), "Base64 decoding failed" },
        { Edit(data: "\\ud800AAA"), "Base64 decoding failed" },
        { Edit(data: "bm90IGEgcGljdHVyZSwgYnV0IHRleHQgdGhhdCBpcyBsb25nIGVub3VnaCBmb3Igb25l"), "Provided image is not valid." },
        { Edit(data: "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"), "Provided image is not valid." },
        { Edit(config: Config("2:1")), "aspect_ratio must be one of '1:1', " },
        { Edit(config: Config("8:1")), "aspect_ratio must be one of '1:1', " },
        { Edit(config: Config(null, "1K")), "image_size is not supported by this model" },
        { Edit(config: """{"responseModalities":["IMAGE","AUDIO"]}"""), "response_modalities[1]' (TYPE_ENUM), \"AUDIO\"" },
        { Edit(config: """{"responseModalities":["image"]}"""), "response_modalities[0]' (TYPE_ENUM), \"image\"" },
        { Edit(config: """{"responseModalities":"IMAGE"}"""), "Invalid value at 'generation_config.response_modalities'" },
        { Edit(config: """{"temperature":"0.7"}"""), "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"0.7\"" },
        { Edit(config: """{"temperature":2.5}"""), "temperature must be in the range [0, 2]" },
        { Edit(config: """{"topP":1.5}"""), "top_p must be in the range [0, 1]" },
        { Edit(config: """{"topK":1.5}"""), "Invalid value at 'generation_config.top_k' (TYPE_INT32), 1.5" },
        { Edit(config: """{"topK":0}"""), "top_k must be in the range" },
        { Edit(config: """{"aspectRatio":"1:1"}"""), "Unknown name \"aspectRatio\" at 'generation_config': Cannot find field." },
        { Edit(config: """{"imageConfig":{"size":"1K"}}"""), "Unknown name \"size\" at 'generation_config.image_config': Cannot find field." },
        { Edit().Replace("inline_data", "inlinedata"), "Unknown name \"inlinedata\" at 'contents[0].parts[1]': Cannot find field." },
        { Edit().Replace("generationConfig", "config"), "Invalid JSON payload received. Unknown name \"config\": Cannot find field." },
    };

    public void Dispose() => _relay.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_refused_in_upstreams_words(string request, string message)
    {
        var (status, json) = await _relay.AskAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = json.GetProperty("error");
        Assert.Equal(400, error.GetProperty("code").GetInt32());
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1k")]
    [InlineData("8K")]
    public async Task An_image_size_that_the_model_lacks_is_refused(string size)
    {
        var (status, json) = await _relay.AskAsync(Edit(config: Config(null, size)), Flash31);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("image_size must be one of '512', '1K', '2K', '4K'", Message(json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_unknown_fields_are_named_at_once()
    {
        var (_, json) = await _relay.AskAsync("""{"one":1,"two":2}""");

        var violations = json.GetProperty("error").GetProperty("details")[0].GetProperty("fieldViolations");
        Assert.Equal(2, violations.GetArrayLength());
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused()
    {
        var body = new ByteArrayContent([.. Encoding.Latin1.GetBytes("""{"contents":[{"parts":[{"text":"é"}]}]}""")]);
        body.Headers.ContentType = new("application/json");

        using var response = await _relay.Http.PostAsync(Address(Flash25), body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("Basic YTpi")]
    public async Task An_edit_without_a_key_is_refused_in_the_relays_words(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(Flash25)) { Content = Json(Edit()) };

        var (status, error) = await SendUnauthorizedAsync(request, authorization);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("new_api_error", error.GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.String, error.GetProperty("code").ValueKind);
    }

    [Theory]
    [InlineData("v1beta/models")]
    [InlineData("v1beta/models/gemini-2.5-flash-image")]
    [InlineData("v1/models")]
    public async Task A_list_without_a_key_is_refused(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendUnauthorizedAsync(request, null)).Status);
    }

    [Fact]
    public async Task A_refusal_of_the_relays_own_names_the_request_as_the_header_does()
    {
        _relay.Http.DefaultRequestHeaders.Authorization = null;

        using var response = await _relay.PostAsync(Edit());

        var id = response.Headers.GetValues("X-Oneapi-Request-Id").Single();
        Assert.Contains($"(request id: {id})", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini-9")]
    [InlineData("Gemini-2.5-Flash-Image")]
    public async Task An_unknown_model_is_not_found(string model)
    {
        var (status, json) = await _relay.AskAsync(Edit(), model);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("NOT_FOUND", json.GetProperty("error").GetProperty("status").GetString());
        Assert.StartsWith($"models/{model} is not found for API version v1beta", Message(json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_an_image_to_a_model_of_another_kind_is_refused()
    {
        var (status, json) = await _relay.AskAsync(Edit(), "gemini-2.5-flash");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("does not support the requested response modalities: IMAGE", Message(json), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_too_large_whether_its_length_is_declared_or_not(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(Flash25)) { Content = Json(new string(' ', 5_000_000)) };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await _relay.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_that_is_not_called_JSON_is_refused(string? type)
    {
        using var body = new StringContent(Edit());
        body.Headers.ContentType = type is null ? null : new(type);

        using var response = await _relay.Http.PostAsync(Address(Flash25), body);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "v1beta/models/gemini-2.5-flash-image:generateContent", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "v1beta/models/gemini-2.5-flash-image:generateContent", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "v1beta/models", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "v1/models", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "v1beta/models/gemini-2.5-flash-image:countTokens", HttpStatusCode.NotFound)]
    [InlineData("GET", "", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1beta", HttpStatusCode.NotFound)]
    [InlineData("POST", "v1/chat/completions", HttpStatusCode.NotFound)]
    public async Task Other_addresses_and_methods_are_refused(string method, string address, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        using var response = await _relay.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains("new_api_error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed, response.Content.Headers.Allow.Count == 1);
    }

    private static string Message(JsonElement json) => json.GetProperty("error").GetProperty("message").GetString()!;

    private async Task<(HttpStatusCode Status, JsonElement Error)> SendUnauthorizedAsync(HttpRequestMessage request, string? authorization)
    {
        _relay.Http.DefaultRequestHeaders.Authorization = null;
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await _relay.Http.SendAsync(request);
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return (response.StatusCode, json.GetProperty("error"));
    }
}
