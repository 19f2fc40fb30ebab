using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tokaify.Emulation;
using Xunit;
using static Tokaify.Tests.Emulator.EmulatorCaller;

namespace Tokaify.Tests.Emulator;

/// <summary>The effect of each fault for a plain HTTP client.</summary>
public sealed class EmulatorFaultTests
{
    // This number of edits is enough to get every format of an error.
    private const int EnoughEdits = 12;

    [Theory]
    [InlineData(EmulatorFault.RequestTimeout, 408)]
    [InlineData(EmulatorFault.Conflict, 409)]
    [InlineData(EmulatorFault.RateLimit, 429)]
    [InlineData(EmulatorFault.RateLimitDate, 429)]
    [InlineData(EmulatorFault.ServerError, 500)]
    [InlineData(EmulatorFault.BadGateway, 502)]
    [InlineData(EmulatorFault.Unavailable, 503)]
    [InlineData(EmulatorFault.GatewayTimeout, 504)]
    [InlineData(EmulatorFault.OriginTimeout, 524)]
    [InlineData(EmulatorFault.Overloaded, 529)]
    [InlineData(EmulatorFault.BadRequest, 400)]
    [InlineData(EmulatorFault.Unauthorized, 401)]
    [InlineData(EmulatorFault.EchoKey, 401)]
    [InlineData(EmulatorFault.PaymentRequired, 402)]
    [InlineData(EmulatorFault.Forbidden, 403)]
    [InlineData(EmulatorFault.NotFound, 404)]
    [InlineData(EmulatorFault.TooLarge, 413)]
    [InlineData(EmulatorFault.EarlyRateLimit, 429)]
    [InlineData(EmulatorFault.EarlyUnauthorized, 401)]
    [InlineData(EmulatorFault.EarlyTooLarge, 413)]
    public async Task An_error_status_comes_in_every_shape(EmulatorFault fault, int status)
    {
        using var relay = Failing(fault);
        var shapes = new HashSet<string>();
        for (var edit = 0; edit < EnoughEdits; edit++)
        {
            var (answered, json) = await relay.AskAsync(Edit());
            Assert.Equal(status, (int)answered);
            shapes.Add(ShapeOf(json));
        }

        Assert.Equal(["code is a number", "code is a string", "message", "success"], shapes.Order());
    }

    [Fact]
    public async Task An_origin_out_of_reach_has_four_statuses()
    {
        using var relay = Failing(EmulatorFault.OriginUnreachable);
        var statuses = new HashSet<int>();
        for (var edit = 0; edit < 24; edit++)
        {
            statuses.Add((int)(await relay.AskAsync(Edit())).Status);
        }

        Assert.Equal([520, 521, 522, 523], statuses.Order());
    }

    [Fact]
    public async Task Retry_after_comes_in_seconds()
    {
        using var relay = Failing(EmulatorFault.RateLimit);
        using var response = await relay.PostAsync(Edit());

        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Retry_after_comes_as_a_date()
    {
        using var relay = Failing(EmulatorFault.RateLimitDate);
        using var response = await relay.PostAsync(Edit());

        Assert.InRange(response.Headers.RetryAfter!.Date!.Value - response.Headers.Date!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_key_is_repeated()
    {
        using var relay = Failing(EmulatorFault.EchoKey);

        Assert.Contains("a-key", (await relay.AskAsync(Edit())).Json.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EmulatorFault.Html413, 413, "<title>413 Request Entity Too Large</title>")]
    [InlineData(EmulatorFault.Html502, 502, "<title>502 Bad Gateway</title>")]
    [InlineData(EmulatorFault.Html504, 504, "<title>504 Gateway Time-out</title>")]
    [InlineData(EmulatorFault.Html524, 524, "<title>524: A timeout occurred</title>")]
    [InlineData(EmulatorFault.LoginPage, 200, "<title>Sign in to continue</title>")]
    public async Task A_page_comes_in_place_of_json(EmulatorFault fault, int status, string title)
    {
        using var relay = Failing(fault);
        using var response = await relay.PostAsync(Edit());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(title, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EmulatorFault.Error200, """{"error":{"code":503,"message":""")]
    [InlineData(EmulatorFault.Refusal200, """{"error":{"code":400,"message":""")]
    [InlineData(EmulatorFault.Failure200, """{"success":false,"message":""")]
    [InlineData(EmulatorFault.PromptBlocked, "\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"")]
    [InlineData(EmulatorFault.Safety, "\"finishReason\":\"SAFETY\"")]
    [InlineData(EmulatorFault.ImageSafety, "\"finishReason\":\"IMAGE_SAFETY\"")]
    [InlineData(EmulatorFault.ProhibitedContent, "\"finishReason\":\"PROHIBITED_CONTENT\"")]
    [InlineData(EmulatorFault.Recitation, "\"finishReason\":\"RECITATION\"")]
    [InlineData(EmulatorFault.ImageRecitation, "\"finishReason\":\"IMAGE_RECITATION\"")]
    [InlineData(EmulatorFault.NoImage, "\"finishReason\":\"NO_IMAGE\"")]
    [InlineData(EmulatorFault.ImageOther, "\"finishReason\":\"IMAGE_OTHER\"")]
    [InlineData(EmulatorFault.MaxTokens, "\"finishReason\":\"MAX_TOKENS\"")]
    [InlineData(EmulatorFault.Other, "\"finishReason\":\"OTHER\"")]
    [InlineData(EmulatorFault.TextOnly, "\"finishReason\":\"STOP\"")]
    [InlineData(EmulatorFault.NoCandidates, "\"candidates\":[]")]
    public async Task No_image_comes_with_status_200(EmulatorFault fault, string words)
    {
        using var relay = Failing(fault);
        var (status, json) = await relay.AskAsync(Edit());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(words, json.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("inlineData", json.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, relay.Emulator.GoodAnswerCount);
    }

    [Fact]
    public async Task A_body_is_cut_in_the_middle()
    {
        using var relay = Failing(EmulatorFault.Cut);
        using var response = await BeginAsync(relay);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_body_ends_in_the_middle()
    {
        using var relay = Failing(EmulatorFault.Truncated);
        using var response = await relay.PostAsync(Edit());
        var body = await response.Content.ReadAsStringAsync();

        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(body));
    }

    [Fact]
    public async Task A_body_is_cut_behind_the_part_that_holds_the_image()
    {
        using var relay = Failing(EmulatorFault.CutAfterImage);
        using var response = await BeginAsync(relay);
        using var body = await response.Content.ReadAsStreamAsync();
        using var bytes = new MemoryStream();

        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(bytes));

        using var json = JsonDocument.Parse((byte[])[.. bytes.ToArray(), .. "]}}]}"u8]);
        _ = new PngFile(Data(json.RootElement).GetBytesFromBase64());
        Assert.Equal(1, relay.Emulator.GoodAnswerCount);
    }

    [Fact]
    public async Task A_text_does_not_end()
    {
        using var relay = Failing(EmulatorFault.EndlessText);
        using var response = await BeginAsync(relay);
        using var body = await response.Content.ReadAsStreamAsync();

        await body.ReadExactlyAsync(new byte[8 * 1024 * 1024]);
        Assert.Equal(0, relay.Emulator.GoodAnswerCount);
    }

    [Fact]
    public async Task A_response_arrives_before_the_body_is_sent()
    {
        using var relay = Failing(EmulatorFault.EarlyTooLarge);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Emulator.BaseUri.Port);
        using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST /{Address(Flash25)} HTTP/1.1\r\nHost: {relay.Emulator.BaseUri.Authority}\r\nAuthorization: Bearer a-key\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"));
        using var reader = new StreamReader(stream);

        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task An_early_response_is_an_edit_like_any_other_to_seed_and_log()
    {
        var lines = await LogOfAsync(seed: 1, EmulatorFault.EarlyRateLimit, EmulatorFault.Safety);
        Assert.Equal([null, "EarlyRateLimit", "Safety"], lines.Select(line => line.GetProperty("fault").GetString()).Distinct().Order());
    }

    [Fact]
    public async Task A_connection_is_reset_before_any_response()
    {
        using var relay = Failing(EmulatorFault.Reset);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => relay.PostAsync(Edit()));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.GetBaseException()).SocketErrorCode);
        Assert.Equal(1, relay.Emulator.RequestCount);
    }

    [Fact]
    public async Task Good_edits_pass_through_beside_those_that_are_reset()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Faults = [EmulatorFault.Reset], FaultRate = 0.5, FaultSeed = 3 });
        var answered = 0;
        for (var edit = 0; edit < 8; edit++)
        {
            try
            {
                _ = await relay.ImageAsync(Edit());
                answered++;
            }
            catch (HttpRequestException)
            {
                // It was reset.
            }
        }

        Assert.InRange(answered, 1, 7);
        Assert.Equal(answered, relay.Emulator.GoodAnswerCount);
    }

    [Fact]
    public async Task No_response_comes_as_long_as_the_client_waits()
    {
        using var relay = Failing(EmulatorFault.Silence);
        using var cancellation = new CancellationTokenSource();
        var call = relay.Http.PostAsync(Address(Flash25), Json(Edit()), cancellation.Token);
        while (relay.Emulator.RequestCount == 0)
        {
            await Task.Delay(1);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Data_is_not_Base64()
    {
        using var relay = Failing(EmulatorFault.BadBase64);

        Assert.False(Data(await GoodJsonAsync(relay)).TryGetBytesFromBase64(out _));
    }

    [Fact]
    public async Task Bytes_are_not_an_image()
    {
        using var relay = Failing(EmulatorFault.NotAPicture);

        Assert.Equal("These"u8.ToArray(), Data(await GoodJsonAsync(relay)).GetBytesFromBase64()[..5]);
    }

    [Fact]
    public async Task Names_are_in_snake_case()
    {
        using var relay = Failing(EmulatorFault.SnakeCase);
        var candidate = (await GoodJsonAsync(relay)).GetProperty("candidates")[0];

        Assert.Equal("STOP", candidate.GetProperty("finish_reason").GetString());
        var image = candidate.GetProperty("content").GetProperty("parts")[0].GetProperty("inline_data");
        Assert.Equal("image/png", image.GetProperty("mime_type").GetString());
        _ = new PngFile(image.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task Json_is_laid_out_in_lines()
    {
        using var relay = Failing(EmulatorFault.PrettyPrinted);
        var json = (await GoodJsonAsync(relay)).GetRawText();

        Assert.Contains("\n      \"content\": {", json.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_comes_before_the_mime_type_and_usage_before_the_candidates()
    {
        using var relay = Failing(EmulatorFault.DataFirst);
        var json = (await GoodJsonAsync(relay)).GetRawText();

        Assert.True(json.IndexOf("\"data\"", StringComparison.Ordinal) < json.IndexOf("\"mimeType\"", StringComparison.Ordinal));
        Assert.True(json.IndexOf("usageMetadata", StringComparison.Ordinal) < json.IndexOf("candidates\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unknown_fields_come()
    {
        using var relay = Failing(EmulatorFault.UnknownFields);
        var json = await GoodJsonAsync(relay);

        Assert.True(json.TryGetProperty("x_relay", out _));
        _ = new PngFile(Data(json).GetBytesFromBase64());
    }

    [Fact]
    public async Task Data_contains_escapes_with_the_same_meaning()
    {
        using var relay = Failing(EmulatorFault.Escaped);
        var json = await GoodJsonAsync(relay);

        Assert.Contains("\\/", json.GetRawText(), StringComparison.Ordinal);
        _ = new PngFile(Data(json).GetBytesFromBase64());
    }

    [Fact]
    public async Task Drafts_come_before_the_image_that_counts()
    {
        using var relay = Failing(EmulatorFault.Draft);
        var parts = PartsOf(await GoodJsonAsync(relay));

        Assert.Equal([true, true, false], parts.Select(part => part.TryGetProperty("thought", out _)));
        Assert.Equal("1", ImageIn(parts[1]).Text("Variant"));
        Assert.Null(ImageIn(parts[2]).Text("Variant"));
    }

    [Fact]
    public async Task Two_images_come_with_a_text_between_them()
    {
        using var relay = Failing(EmulatorFault.SeveralImages);
        var parts = PartsOf(await GoodJsonAsync(relay));

        Assert.Null(ImageIn(parts[0]).Text("Variant"));
        Assert.Equal("And another one:", parts[1].GetProperty("text").GetString());
        Assert.Equal("1", ImageIn(parts[2]).Text("Variant"));
    }

    [Fact]
    public async Task A_png_is_called_a_jpeg()
    {
        using var relay = Failing(EmulatorFault.WrongMimeType);
        var part = PartsOf(await GoodJsonAsync(relay))[0];

        Assert.Equal("image/jpeg", part.GetProperty("inlineData").GetProperty("mimeType").GetString());
        _ = ImageIn(part);
    }

    [Fact]
    public async Task An_image_is_in_a_text()
    {
        using var relay = Failing(EmulatorFault.Markdown);
        var text = PartsOf(await GoodJsonAsync(relay))[0].GetProperty("text").GetString()!;

        var start = text.IndexOf("(data:image/png;base64,", StringComparison.Ordinal) + "(data:image/png;base64,".Length;
        _ = new PngFile(Convert.FromBase64String(text[start..text.IndexOf(')', start)]));
    }

    [Fact]
    public async Task An_image_is_behind_a_link_in_a_text_and_needs_no_key()
    {
        using var relay = Failing(EmulatorFault.Link);
        using var http = new HttpClient();

        _ = new PngFile(await http.GetByteArrayAsync(await LinkAsync(relay)));
    }

    [Fact]
    public async Task A_link_has_the_address_of_the_request_also_beside_faults_of_the_connection()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Faults = [EmulatorFault.Link, EmulatorFault.EarlyRateLimit], FaultSeed = 1 });
        HttpStatusCode status;
        JsonElement json;
        do
        {
            (status, json) = await relay.AskAsync(Edit());
        }
        while (status != HttpStatusCode.OK);

        Assert.StartsWith(relay.Http.BaseAddress!.AbsoluteUri, LinkIn(json).AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_behind_a_dead_link()
    {
        using var relay = Failing(EmulatorFault.DeadLink);
        using var http = new HttpClient();
        using var response = await http.GetAsync(await LinkAsync(relay));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<Uri> LinkAsync(EmulatorCaller relay) => LinkIn(await GoodJsonAsync(relay));

    private static Uri LinkIn(JsonElement response)
    {
        var text = PartsOf(response)[0].GetProperty("text").GetString()!;
        var start = text.IndexOf("](", StringComparison.Ordinal) + 2;
        return new Uri(text[start..text.IndexOf(')', start)]);
    }

    [Fact]
    public async Task A_body_is_compressed()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Faults = [EmulatorFault.Gzip] });
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = relay.Http.BaseAddress,
        };
        http.DefaultRequestHeaders.Authorization = relay.Http.DefaultRequestHeaders.Authorization;
        using var response = await http.PostAsync(Address(Flash25), Json(Edit()));

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using var gzip = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var json = await JsonDocument.ParseAsync(gzip);
        _ = new PngFile(Data(json.RootElement).GetBytesFromBase64());
    }

    [Fact]
    public async Task A_body_comes_in_small_pieces()
    {
        using var relay = Failing(EmulatorFault.Dribble);
        using var response = await BeginAsync(relay);
        using var body = await response.Content.ReadAsStreamAsync();
        var pieces = 0;
        var buffer = new byte[1024 * 1024];
        while (await body.ReadAsync(buffer) > 0)
        {
            pieces++;
        }

        Assert.InRange(pieces, 10, int.MaxValue);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_faults_in_the_same_order()
    {
        Assert.Equal(await FaultsOfAsync(seed: 7), await FaultsOfAsync(seed: 7));
        Assert.NotEqual(await FaultsOfAsync(seed: 7), await FaultsOfAsync(seed: 8));
    }

    [Fact]
    public async Task The_rate_says_how_many_edits_meet_a_fault()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Faults = [EmulatorFault.NoCandidates], FaultRate = 0.25 });
        for (var edit = 0; edit < 80; edit++)
        {
            using var response = await relay.PostAsync(Edit());
        }

        Assert.InRange(relay.Emulator.GoodAnswerCount, 50, 70);
    }

    [Fact]
    public async Task With_a_rate_of_zero_no_edit_meets_a_fault()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Faults = [EmulatorFault.All], FaultRate = 0 });
        _ = await relay.ImageAsync(Edit());

        Assert.Equal(1, relay.Emulator.GoodAnswerCount);
    }

    [Fact]
    public async Task An_invalid_request_is_refused_and_gets_no_fault()
    {
        using var relay = Failing(EmulatorFault.Overloaded);

        Assert.Equal(HttpStatusCode.BadRequest, (await relay.AskAsync("{}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await relay.Http.GetAsync("v1/models")).StatusCode);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void An_invalid_rate_is_refused(double rate) =>
        Assert.Throws<ArgumentException>(() => RelayEmulator.Start(new EmulatorOptions { FaultRate = rate }));

    [Fact]
    public void A_fault_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentException>(() => RelayEmulator.Start(new EmulatorOptions { Faults = [(EmulatorFault)999] }));

    [Fact]
    public void A_port_in_use_is_detected_behind_the_gate_as_well()
    {
        using var one = RelayEmulator.Start();

        Assert.Throws<HttpListenerException>(() => RelayEmulator.Start(
            new EmulatorOptions { Port = one.BaseUri.Port, Faults = [EmulatorFault.Reset] }));
    }

    [Fact]
    public async Task Each_edit_is_a_line_of_the_log()
    {
        var lines = await LogOfAsync(seed: 2, EmulatorFault.Cut, EmulatorFault.SnakeCase);
        Assert.Equal([null, "Cut", "SnakeCase"], lines.Select(line => line.GetProperty("fault").GetString()).Distinct().Order());
        Assert.All(lines, line => Assert.Equal(line.GetProperty("fault").GetString() != "Cut", line.GetProperty("good").GetBoolean()));
        Assert.All(lines, line => Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Convert.FromBase64String(Dot))),
            line.GetProperty("source").GetString()));
    }

    /// <summary>The lines of the log after twelve edits, numbered, of which some have a fault.</summary>
    private static async Task<List<JsonElement>> LogOfAsync(int seed, params EmulatorFault[] faults)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("log.jsonl");
        using (var relay = new EmulatorCaller(new EmulatorOptions { Faults = faults, FaultRate = 0.7, FaultSeed = seed, LogPath = path }))
        {
            for (var edit = 0; edit < 12; edit++)
            {
                try
                {
                    using var response = await relay.PostAsync(Edit());
                }
                catch (HttpRequestException)
                {
                    // It was cut.
                }
            }
        }

        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(1, 12), lines.Select(line => line.GetProperty("number").GetInt32()));
        return lines;
    }

    private static EmulatorCaller Failing(EmulatorFault fault) => new(new EmulatorOptions { Faults = [fault] });

    /// <summary>Sends a request, and returns before the body has arrived.</summary>
    private static async Task<HttpResponseMessage> BeginAsync(EmulatorCaller relay)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(Flash25)) { Content = Json(Edit()) };
        return await relay.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<JsonElement> GoodJsonAsync(EmulatorCaller relay)
    {
        var (status, json) = await relay.AskAsync(Edit());
        Assert.Equal(HttpStatusCode.OK, status);
        return json;
    }

    private static JsonElement Data(JsonElement response) =>
        PartsOf(response)[0].GetProperty("inlineData").GetProperty("data");

    private static PngFile ImageIn(JsonElement part) => new(part.GetProperty("inlineData").GetProperty("data").GetBytesFromBase64());

    private static string ShapeOf(JsonElement json) =>
        json.TryGetProperty("error", out var error) ? $"code is a {error.GetProperty("code").ValueKind.ToString().ToLowerInvariant()}"
        : json.TryGetProperty("success", out _) ? "success"
        : "message";

    private static async Task<List<string>> FaultsOfAsync(int seed)
    {
        using var relay = new EmulatorCaller(new EmulatorOptions
        {
            Faults = [EmulatorFault.Safety, EmulatorFault.NoImage, EmulatorFault.Refusal200],
            FaultRate = 0.6,
            FaultSeed = seed,
        });
        var faults = new List<string>();
        for (var edit = 0; edit < 16; edit++)
        {
            var json = (await relay.AskAsync(Edit())).Json;
            faults.Add(json.TryGetProperty("candidates", out var candidates)
                ? candidates[0].GetProperty("finishReason").GetString()!
                : "refused");
        }

        return faults;
    }
}
