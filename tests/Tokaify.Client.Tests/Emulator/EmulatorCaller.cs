using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tokaify.Emulation;

namespace Tokaify.Tests.Emulator;

/// <summary>A plain HTTP client of an emulator. Its requests are written as in the relay's documentation.</summary>
internal sealed class EmulatorCaller : IDisposable
{
    public const string Flash25 = "gemini-2.5-flash-image";
    public const string Flash31 = "gemini-3.1-flash-image-preview";

    /// <summary>A PNG of one pixel, in Base64.</summary>
    public const string Dot =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public EmulatorCaller(EmulatorOptions? options = null)
    {
        Emulator = RelayEmulator.Start(options);
        Http = new HttpClient(new HttpClientHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = Emulator.BaseUri };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-key");
    }

    public RelayEmulator Emulator { get; }

    public HttpClient Http { get; }

    /// <summary>A request of one instruction and one image; <paramref name="config"/> is the generationConfig.</summary>
    public static string Edit(
        string prompt = "Make it evening.",
        string data = Dot,
        string config = """{"responseModalities":["IMAGE"]}""") =>
        $$$$"""
        {"contents":[{"role":"user","parts":[{"text":{{{{JsonSerializer.Serialize(prompt)}}}}},
        {"inline_data":{"mime_type":"image/png","data":"{{{{data}}}}"}}]}],"generationConfig":{{{{config}}}}}
        """;

    public static string Config(string? aspectRatio, string? imageSize = null) =>
        JsonSerializer.Serialize(new { responseModalities = new[] { "IMAGE" }, imageConfig = new { aspectRatio, imageSize } });

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public Task<HttpResponseMessage> PostAsync(string body, string model = Flash25) =>
        Http.PostAsync(Address(model), Json(body));

    public static string Address(string model) => $"v1beta/models/{model}:generateContent";

    /// <summary>The response's JSON, for any status.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> AskAsync(string body, string model = Flash25)
    {
        using var response = await PostAsync(body, model);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<byte[]> ImageBytesAsync(string body, string model = Flash25) =>
        PartsOf((await AskAsync(body, model)).Json).Last().GetProperty("inlineData").GetProperty("data").GetBytesFromBase64();

    public async Task<PngFile> ImageAsync(string body, string model = Flash25) => new(await ImageBytesAsync(body, model));

    public static List<JsonElement> PartsOf(JsonElement json) =>
        [.. json.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").EnumerateArray()];

    public void Dispose()
    {
        Http.Dispose();
        Emulator.Dispose();
    }
}
