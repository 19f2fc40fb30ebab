using System.Text;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Requests;

/// <summary>The sent requests, compared with the relay's documentation.</summary>
public class RequestTests
{
    private const string Flash = "gemini-2.5-flash-image";
    private const string FlashPreview = "gemini-3.1-flash-image-preview";

    /// <summary>The bodies of the documentation's curl examples, without their spaces.</summary>
    public static TheoryData<string, string?, string, string> Pages => new()
    {
        {
            Flash,
            null,
            "Keep the person and clothing unchanged, and change the background to a seaside sunset.",
            """
            {
                "contents": [{
                  "role": "user",
                  "parts": [
                    { "text": "Keep the person and clothing unchanged, and change the background to a seaside sunset." },
                    { "inline_data": { "mime_type": "image/png", "data": "BASE64_IMAGE" } }
                  ]
                }],
                "generationConfig": { "responseModalities": ["IMAGE"] }
              }
            """
        },
        {
            FlashPreview,
            "21:9",
            "Extend the image into a 21:9 banner, keep the main subject on the left, and leave title space on the right.",
            """
            {
                "contents": [{
                  "role": "user",
                  "parts": [
                    { "text": "Extend the image into a 21:9 banner, keep the main subject on the left, and leave title space on the right." },
                    { "inline_data": { "mime_type": "image/png", "data": "BASE64_IMAGE" } }
                  ]
                }],
                "generationConfig": {
                  "responseModalities": ["IMAGE"],
                  "imageConfig": { "aspectRatio": "21:9" }
                }
              }
            """
        },
    };

    public static TheoryData<string> Prompts =>
    [
        "Say \"hello\", and 'hi'",
        "a\nb\r\n\tc\\d/e\u0001\u007f",
        "Nacht über dem Meer — 夜の海, ночь, 🌙👩‍🚀 \u2028\u2029",
        "<b>&amp;</b> {\"data\":\"\"} \",\"x\":\"",
        new string('x', 100_000),
    ];

    public static TheoryData<int> Lengths => [1, 2, 3, 4, 49151 - 8, 49152 - 8, 49153 - 8, 98303 - 8, 98304 - 8, 98305 - 8, (1024 * 1024) - 8];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_body_is_that_of_the_page_in_the_same_order(string model, string? aspectRatio, string prompt, string page)
    {
        var request = new ImageRequest { Model = model, Prompt = prompt, AspectRatio = aspectRatio, Images = [Source("palette.png")] };
        var sent = await SendAsync(request);

        using var expected = JsonDocument.Parse(page.Replace("BASE64_IMAGE", Base64("palette.png"), StringComparison.Ordinal));
        Assert.Equal(JsonSerializer.Serialize(expected.RootElement, s_asIs), Encoding.UTF8.GetString(sent.Body));
        Assert.Equal($"POST /v1beta/models/{model}:generateContent HTTP/1.1", sent.RequestLine);
    }

    [Theory]
    [InlineData("palette.png", "image/png")]
    [InlineData("baseline.jpg", "image/jpeg")]
    [InlineData("lossy.webp", "image/webp")]
    [InlineData("plain.heic", "image/heic")]
    [InlineData("structural.heif", "image/heif")]
    public async Task The_mime_type_follows_the_bytes(string name, string mimeType)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("picture.bin", TestImages.Bytes(name));
        var body = await BodyAsync(new ImageRequest { Prompt = "x", Images = [SourceImage.Inspect(path)] });
        Assert.Equal(Expected("x", null, (mimeType, TestImages.Bytes(name))), body);
    }

    [Fact]
    public async Task Reference_images_follow_the_source()
    {
        var request = new ImageRequest { Prompt = "x", AspectRatio = "1:1", Images = [Source("palette.png"), Source("baseline.jpg"), Source("lossy.webp")] };
        Assert.Equal(
            Expected("x", "1:1", ("image/png", TestImages.Bytes("palette.png")), ("image/jpeg", TestImages.Bytes("baseline.jpg")), ("image/webp", TestImages.Bytes("lossy.webp"))),
            await BodyAsync(request));
    }

    [Fact]
    public async Task An_image_from_text_alone_has_no_image_part() =>
        Assert.Equal(Expected("x", null), await BodyAsync(new ImageRequest { Prompt = "x" }));

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task A_prompt_arrives_as_it_was_written(string prompt)
    {
        using var body = JsonDocument.Parse(await BodyAsync(new ImageRequest { Prompt = prompt, Images = [Source("palette.png")] }));
        var parts = body.RootElement.GetProperty("contents")[0].GetProperty("parts");
        Assert.Equal(prompt, parts[0].GetProperty("text").GetString());
        Assert.Equal(Base64("palette.png"), parts[1].GetProperty("inline_data").GetProperty("data").GetString());
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_a_prompt_arrives_as_a_replacement_character()
    {
        using var body = JsonDocument.Parse(await BodyAsync(new ImageRequest { Prompt = "a\ud83db\udead", Images = [Source("palette.png")] }));
        Assert.Equal("a\uFFFDb\uFFFD", body.RootElement.GetProperty("contents")[0].GetProperty("parts")[0].GetProperty("text").GetString());
    }

    /// <summary>Lengths after the eight bytes of the PNG signature: around groups of three and the blocks of the encoder.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_file_of_any_length_is_encoded_completely_with_the_right_content_length(int length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[8 + length];
        new Random(length).NextBytes(bytes);
        TestImages.Bytes("palette.png").AsSpan(0, 8).CopyTo(bytes);
        var sent = await SendAsync(new ImageRequest { Prompt = "x", Images = [SourceImage.Inspect(folder.Write("a.png", bytes))] });

        var expected = Expected("x", null, ("image/png", bytes));
        Assert.Equal(Encoding.UTF8.GetByteCount(expected), sent.ContentLength);
        Assert.Equal(expected, Encoding.UTF8.GetString(sent.Body));
    }

    [Fact]
    public async Task The_headers_have_the_key_the_type_and_the_length_and_no_Expect()
    {
        var sent = await SendAsync(new ImageRequest { Prompt = "x", Images = [Source("palette.png")] });

        Assert.Equal($"Bearer {Edits.Key}", sent.Header("Authorization"));
        Assert.Equal("application/json", sent.Header("Content-Type"));
        Assert.Equal(sent.Body.Length, sent.ContentLength);
        Assert.Null(sent.Header("Expect"));
        Assert.Null(sent.Header("Transfer-Encoding"));
    }

    [Theory]
    [InlineData("", Flash, "/v1beta/models/gemini-2.5-flash-image:generateContent")]
    [InlineData("gateway", Flash, "/gateway/v1beta/models/gemini-2.5-flash-image:generateContent")]
    [InlineData("a/b%20c/", Flash, "/a/b%20c/v1beta/models/gemini-2.5-flash-image:generateContent")]
    [InlineData("", "models/other", "/v1beta/models/other:generateContent")]
    [InlineData("", "my model/1?x=y#z", "/v1beta/models/my%20model%2F1%3Fx%3Dy%23z:generateContent")]
    [InlineData("", "../../secret", "/v1beta/models/..%2F..%2Fsecret:generateContent")]
    [InlineData("", "bild-ü", "/v1beta/models/bild-%C3%BC:generateContent")]
    public async Task The_address_is_the_base_the_path_and_the_model(string basePath, string model, string path)
    {
        var sent = await SendAsync(new ImageRequest { Model = model, Prompt = "x", Images = [Source("palette.png")] }, basePath);
        Assert.Equal($"POST {path} HTTP/1.1", sent.RequestLine);
    }

    [Fact]
    public async Task A_retry_sends_the_same_again()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(503, "{}"));

        await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder)));

        var requests = server.Requests.ToList();
        Assert.Equal(2, requests.Count);
        Assert.Equal(requests[0].Body, requests[1].Body);
        Assert.Equal(requests[0].RequestLine, requests[1].RequestLine);
    }

    [Theory]
    [InlineData("removed", TokaifyErrorId.FileNotFound)]
    [InlineData("shortened", TokaifyErrorId.UnsupportedImage)]
    [InlineData("lengthened", TokaifyErrorId.UnsupportedImage)]
    [InlineData("rewritten", TokaifyErrorId.UnsupportedImage)]
    [InlineData("replaced by a folder", TokaifyErrorId.FileNotFound)]
    public async Task A_file_that_changed_after_it_was_checked_is_an_error_and_not_retried(string change, TokaifyErrorId id)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.png", TestImages.Bytes("16bit.png"));
        var edit = Edits.Of(folder, path);
        Change(path, change);
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, "{}"));

        var failure = await Assert.ThrowsAsync<TokaifyException>(() => Edits.Client(server.BaseUri).EditAsync(edit));

        Assert.Equal((id, 1), (failure.ErrorId, failure.Attempts));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_file_that_is_shortened_while_it_is_sent_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[4 * 1024 * 1024];
        TestImages.Bytes("palette.png").AsSpan().CopyTo(bytes);
        var path = folder.Write("a.png", bytes);
        using var content = new RequestContent(RequestBody.For(new ImageRequest { Prompt = "x", Images = [SourceImage.Inspect(path)] }));
        using var socket = new WatchedStream(written =>
        {
            if (written > 1024 * 1024)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.SetLength(2 * 1024 * 1024);
            }
        });

        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(socket));

        Assert.Equal(TokaifyErrorId.UnsupportedImage, content.SourceError?.ErrorId);
    }

    private static readonly JsonSerializerOptions s_asIs = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static void Change(string path, string change)
    {
        switch (change)
        {
            case "shortened":
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
                break;
            case "lengthened":
                File.AppendAllText(path, "x");
                break;
            case "rewritten":
                var bytes = File.ReadAllBytes(path);
                bytes[^1] ^= 1;
                var time = File.GetLastWriteTimeUtc(path);
                File.WriteAllBytes(path, bytes);
                File.SetLastWriteTimeUtc(path, time.AddSeconds(1));
                break;
            default:
                File.Delete(path);
                if (change != "removed")
                {
                    Directory.CreateDirectory(path);
                }

                break;
        }
    }

    private static SourceImage Source(string name) => SourceImage.Inspect(TestImages.Path(name));

    private static string Base64(string name) => Convert.ToBase64String(TestImages.Bytes(name));

    private static async Task<string> BodyAsync(ImageRequest request) => Encoding.UTF8.GetString((await SendAsync(request)).Body);

    private static async Task<RecordedRequest> SendAsync(ImageRequest request, string basePath = "")
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(400, "{}"));
        var client = Edits.Client(new Uri(server.BaseUri, basePath));
        await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(Edits.Of(folder, request)));
        return server.Requests.Single();
    }

    private static string Expected(string prompt, string? aspectRatio, params (string MimeType, byte[] Bytes)[] images)
    {
        var parts = new[] { $$"""{"text":"{{prompt}}"}""" }
            .Concat(images.Select(image => $$$"""{"inline_data":{"mime_type":"{{{image.MimeType}}}","data":"{{{Convert.ToBase64String(image.Bytes)}}}"}}"""));
        var imageConfig = aspectRatio is null ? "" : $$$""","imageConfig":{"aspectRatio":"{{{aspectRatio}}}"}""";
        return $$$"""{"contents":[{"role":"user","parts":[{{{string.Join(",", parts)}}}]}],"generationConfig":{"responseModalities":["IMAGE"]{{{imageConfig}}}}}""";
    }

    /// <summary>A stream that reports how much was written to it.</summary>
    private sealed class WatchedStream(Action<long> onWrite) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            onWrite(Length);
        }
    }
}
