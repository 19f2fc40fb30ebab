using Xunit;

namespace Tokaify.Tests.Responses;

public class ResponseReaderTests
{
    private const string Usual =
        """{"candidates":[{"content":{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":"«palette.png»"}}]},"finishReason":"STOP"}]}""";

    private static readonly string s_long = new('x', 1_200_000);

    /// <summary>Responses with their expected content. Each row is a case.</summary>
    private static readonly Dictionary<string, Row> s_responses = new()
    {
        ["camel case"] = new(Usual) { Pictures = [Response.Png], FinishReason = "STOP" },
        ["snake case"] = new("""{"candidates":[{"content":{"parts":[{"inline_data":{"mime_type":"image/png","data":"«palette.png»"}}]},"finish_reason":"STOP"}],"model_version":"m","response_id":"r","usage_metadata":{"prompt_token_count":1,"candidates_token_count":2,"thoughts_token_count":3,"total_token_count":6}}""")
        {
            Pictures = [Response.Png],
            FinishReason = "STOP",
            ModelVersion = "m",
            ResponseId = "r",
            Usage = (1, 2, 3, 6),
        },
        ["data before mimeType"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«palette.png»","mimeType":"image/png"}}]}}]}""") { Pictures = [Response.Png] },
        ["no mimeType"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["everything before candidates"] = new("""{"usageMetadata":{"totalTokenCount":6,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1}]},"modelVersion":"m","responseId":"r","candidates":[{"finishReason":"STOP","index":0,"content":{"parts":[{"inlineData":{"data":"«palette.png»"}}]}}]}""")
        {
            Pictures = [Response.Png],
            FinishReason = "STOP",
            ModelVersion = "m",
            ResponseId = "r",
            Usage = (null, null, null, 6),
        },
        ["unknown fields of every type"] = new("""{"a":null,"b":true,"c":-1.5e300,"d":"x\"\\\u0041","e":[],"f":{},"g":[[1,"x",{"data":"y","text":[1]}],"z"],"candidates":[{"x":{"parts":[{"text":"no"}]},"content":{"y":["data"],"parts":[{"z":{"inlineData":{"data":"!!"}},"inlineData":{"w":[{"data":"!!"}],"data":"«palette.png»"},"thoughtSignature":"AAAA"}]}}]}""") { Pictures = [Response.Png] },
        ["unknown strings of 1.2 MB, as a field and in arrays"] = new($$$"""{"a":"{{{s_long}}}","b":["{{{s_long}}}" , "{{{s_long}}}",1,["{{{s_long}}}"]],"candidates":["{{{s_long}}}",{"content":{"parts":[{"thoughtSignature":"{{{s_long}}}","inlineData":{"data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["1.2 MB of spaces before, a heartbeat of some relays"] = new(new string(' ', 1_200_000) + Usual) { Pictures = [Response.Png], FinishReason = "STOP" },
        ["1.2 MB of spaces inside"] = new($$$"""{"candidates":{{{s_long.Replace('x', ' ')}}}[{"content":{"parts":[{{{s_long.Replace('x', '\n')}}}{"inlineData":{"data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["pretty-printed"] = new("""
            {
              "candidates" : [
                {
                  "content" : {
                    "parts" : [ { "text" : "a" } , {
                      "inlineData" : {
                        "mimeType" : "image/png" ,
                        "data" :
                          "«palette.png»"
                      }
                    } ]
                  } ,
                  "finishReason" : "STOP"
                }
              ]
            }

            """)
        {
            Pictures = [Response.Png],
            Texts = ["a"],
            FinishReason = "STOP",
        },
        ["pretty-printed with tabs and carriage returns"] = new("\r\n\t{\r\n\t\"candidates\":\r\n\t[\r\n\t\t{\"content\":{\"parts\":[\t{\"inlineData\":\t{\"data\":\t\"«palette.png»\"\t}\t}\t]\t}\t}\r\n]\r\n}\r\n") { Pictures = [Response.Png] },
        ["escapes inside data"] = new(Inline(Escape(Response.Base64(Response.Png), ("/", "\\/"), ("=", "\\u003d"), ("+", "\\u002B")))) { Pictures = [Response.Png] },
        ["every character of data escaped"] = new(Inline(string.Concat(Response.Base64(Response.Png).Select(character => $"\\u{(int)character:x4}")))) { Pictures = [Response.Png] },
        ["line breaks and spaces in data"] = new(Inline("\\n " + string.Join("\\r\\n", Response.Base64(Response.Png).Chunk(77).Select(line => new string(line))) + "\\t\\n")) { Pictures = [Response.Png] },
        ["bits behind the last byte"] = new(Inline("iVBORw0KGgqR")) { ImageBytes = "89504E470D0A1A0A91" },
        ["bits behind the last byte, that mean nothing"] = new(Inline("iVBORw0KGgr=")) { ImageBytes = "89504E470D0A1A0A" },
        ["several pictures and texts"] = new("""{"candidates":[{"content":{"parts":[{"text":"a"},{"inlineData":{"data":"«palette.png»"}},{"text":"b"},{"inlineData":{"data":"«grayscale.jpg»"}},{"inline_data":{"data":"«lossy.webp»"}},{"text":"c"}]}}]}""")
        {
            Pictures = [Response.Png, Response.Jpeg, Response.Webp],
            Texts = ["a", "b", "c"],
        },
        ["drafts"] = new("""{"candidates":[{"content":{"parts":[{"thought":true,"text":"draft"},{"text":"draft","thought":true},{"thought":true,"inlineData":{"data":"«grayscale.jpg»"}},{"inlineData":{"data":"«lossy.webp»"},"thought":true},{"text":"kept","thought":false},{"inlineData":{"data":"«palette.png»"}}]}}]}""")
        {
            Pictures = [Response.Png],
            Texts = ["kept"],
        },
        ["a draft that is no picture"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="},"thought":true},{"inlineData":{"data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["only drafts"] = new("""{"candidates":[{"content":{"parts":[{"thought":true,"inlineData":{"data":"«grayscale.jpg»"}}]},"finishReason":"STOP"}]}""") { FinishReason = "STOP" },
        ["a wrong mimeType"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"«grayscale.jpg»"}},{"inlineData":{"mimeType":"text/plain","data":"«lossy.webp»"}},{"inlineData":{"mimeType":17,"data":"«palette.png»"}}]}}]}""")
        {
            Pictures = [Response.Jpeg, Response.Webp, Response.Png],
        },
        ["a byte order mark"] = new("\uFEFF" + Usual) { Pictures = [Response.Png], FinishReason = "STOP" },
        ["an array around the document"] = new($"[{Usual}]") { Pictures = [Response.Png], FinishReason = "STOP" },
        ["an array of documents, as from the streaming endpoint"] = new("""[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«palette.png»"}}]}}]},{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":7}}]""")
        {
            Pictures = [Response.Png],
            Texts = ["a"],
            FinishReason = "STOP",
            Usage = (null, null, null, 7),
        },
        ["a key twice: the last counts"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«lossy.webp»","data":"«palette.png»"}},{"text":"a","text":"b"},{"inlineData":{"data":"«lossy.webp»"},"inline_data":{"data":"«grayscale.jpg»"}}]}}]}""")
        {
            Pictures = [Response.Png, Response.Jpeg],
            Texts = ["b"],
        },
        ["null everywhere else"] = new("""{"candidates":[null,{"content":null,"finishReason":null},{"content":{"parts":null}},{"content":{"parts":[null,{"text":null},{"inlineData":null,"thought":null},{"inlineData":{"mimeType":null,"data":null}},{"inlineData":{"data":"«palette.png»"}}]}}],"usageMetadata":null,"promptFeedback":null,"error":null,"modelVersion":null}""") { Pictures = [Response.Png] },
        ["wrong types everywhere else"] = new("""{"candidates":[1,"x",[{"content":{"parts":[{"text":"no"}]}}],{"content":[{"parts":[{"text":"no"}]}],"finishReason":{"a":1}},{"content":{"parts":{"text":"no"}}},{"content":{"parts":[[{"text":"no"}],7,{"text":["no"]},{"text":1.5},{"inlineData":["no"]},{"inlineData":{"data":{"data":"no"}}},{"inlineData":{"data":[1,"no"]}},{"thought":{"thought":true},"inlineData":{"data":"«palette.png»"}}]}}],"usageMetadata":{"totalTokenCount":"many","promptTokenCount":99999999999,"candidatesTokenCount":[1]},"modelVersion":{},"responseId":["x"]}""") { Pictures = [Response.Png] },
        ["empty data beside a picture"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"","data":""},"text":""},{"inlineData":{"data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["several candidates"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«palette.png»"}}]},"finishReason":"STOP"},{"content":{"parts":[{"inlineData":{"data":"«grayscale.jpg»"}}]},"finishReason":"IMAGE_OTHER"}]}""") { Pictures = [Response.Png, Response.Jpeg], FinishReason = "STOP" },
        ["escapes and every length of UTF-8 in text"] = new("""{"candidates":[{"content":{"parts":[{"text":"\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00 é€😀"}]}}]}""") { Texts = ["\"\\/\n\n\n\té€😀 é€😀"] },
        ["halves of surrogate pairs in text"] = new("""{"candidates":[{"content":{"parts":[{"text":"\ud83d|\ude00|\ud83d\ud83d\ude00|\ud83d\n|\ud83d"}]}}]}""") { Texts = ["\uFFFD|\uFFFD|\uFFFD😀|\uFFFD\n|\uFFFD"] },
        ["halves of surrogate pairs elsewhere"] = new("""{"\ud83d":"\ude00","candidates":[{"\ude00":1,"finishReason":"\ud83dX","content":{"parts":[{"inlineData":{"\ud83d\u0000":0,"data":"«palette.png»"}}]}}],"responseId":"\udead"}""") { Pictures = [Response.Png], FinishReason = "\uFFFDX", ResponseId = "\uFFFD" },
        ["bytes that are no UTF-8"] = new("""{"x«FF»":"«FF»","candidates":[{"finishReason":"«FE»X","content":{"parts":[{"text":"a«FF»b"},{"inlineData":{"«80»":"«C0»","data":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png], Texts = ["a\uFFFDb"], FinishReason = "\uFFFDX" },
        ["escaped names"] = new("""{"\u0063andidates":[{"content":{"p\u0061rts":[{"inlineD\u0061ta":{"\u0064ata":"«palette.png»"}}]}}]}""") { Pictures = [Response.Png] },
        ["refusal of the prompt"] = new("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","safetyRatings":[]},"usageMetadata":{"promptTokenCount":8,"totalTokenCount":8}}""") { BlockReason = "PROHIBITED_CONTENT", Usage = (8, null, null, 8) },
        ["an error inside"] = new("""{"error":{"message":"over there","type":"new_api_error","param":"","code":"x"}}""") { ErrorMessage = "over there" },
        ["an error inside, as a text"] = new("""{"error":"over there"}""") { ErrorMessage = "over there" },
        ["an empty document"] = new("{}"),
        ["an empty array"] = new("[]"),
        ["null"] = new("null"),
        ["a number"] = new("12"),
        ["a string"] = new("\"x\""),
    };

    /// <summary>Invalid responses, the expected error, and whether another try is useful.</summary>
    private static readonly Dictionary<string, Flaw> s_flaws = new()
    {
        ["nothing"] = new("", "ends too early", IsTransient: true),
        ["only spaces"] = new(" \r\n ", "ends too early", IsTransient: true),
        ["only a byte order mark"] = new("\uFEFF", "ends too early", IsTransient: true),
        ["half a byte order mark"] = new("«EF»«BB»", "ends too early|not valid JSON"),
        ["cut off inside data"] = new("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"«palette.png»""", "ends too early", IsTransient: true),
        ["cut off inside an escape"] = new("""{"candidates":[{"content":{"parts":[{"text":"\u00""", "ends too early", IsTransient: true),
        ["cut off inside a name"] = new("""{"candidates":[{"cont""", "ends too early", IsTransient: true),
        ["cut off after a comma in an array"] = new("""{"x":[1,""", "ends too early", IsTransient: true),
        ["cut off after a colon"] = new("""{"x":""", "ends too early", IsTransient: true),
        ["a character that is not Base64"] = new(Inline("iVBO_w0K"), "not valid Base64"),
        ["a character that is not ASCII in data"] = new(Inline("iVBOé"), "not valid Base64"),
        ["an escaped control character in data"] = new(Inline("iVBO\\u0000w0K"), "not valid Base64"),
        ["half a surrogate pair in data"] = new(Inline("iVBO\\ud83d"), "not valid Base64"),
        ["no padding"] = new(Inline(Response.Base64("baseline.jpg").TrimEnd('=') + "A"), "not valid Base64"),
        ["one character too many"] = new(Inline(Response.Base64(Response.Png).TrimEnd('=')[..^1]), "not valid Base64"),
        ["a group of padding alone"] = new(Inline("iVBO===="), "not valid Base64"),
        ["padding too early in a group"] = new(Inline("iVBOi==="), "not valid Base64"),
        ["padding inside a group"] = new(Inline("iVBOi=A="), "not valid Base64"),
        ["data after padding"] = new(Inline("iVBORw==iVBORw=="), "not valid Base64"),
        ["data after padding, with a space between"] = new(Inline("iVBORw==\\niVBO"), "not valid Base64"),
        ["bytes that are no picture"] = new(Inline("SGVsbG8sIHdvcmxkIQ=="), "not in a known format"),
        ["a GIF"] = new(Inline("«plain.gif»"), "not in a known format"),
        ["nesting of 65"] = new(new string('[', 65) + new string(']', 65), "not valid JSON"),
        ["nesting of 65 in a field"] = new($$"""{"x":{{new string('[', 65)}}{{new string(']', 65)}}}""", "not valid JSON"),
        ["an escape that JSON does not have, in data"] = new(Inline("iVBO\\x"), "an escape that JSON does not"),
        ["an escape that JSON does not have, in a text"] = new("""{"candidates":[{"content":{"parts":[{"text":"\a"}]}}]}""", "an escape that JSON does not"),
        ["an escape that JSON does not have, in a name"] = new("""{"\a":1}""", "not valid JSON"),
        ["an escape without digits"] = new("""{"x":"\u12g4"}""", "four digits"),
        ["a line break in a text"] = new("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\nb\"}]}}]}", "control character"),
        ["a line break in data"] = new(Inline("iVBO\niVBO"), "control character"),
        ["a control character in an unknown field"] = new("""{"x":"a«1F»"}""", "control character"),
        ["a control character in a finish reason"] = new("""{"candidates":[{"finishReason":"a«07»"}]}""", "not valid JSON"),
        ["a NUL in a text"] = new("""{"candidates":[{"content":{"parts":[{"text":"a«00»b"}]}}]}""", "control character"),
        ["a NUL between tokens"] = new("""{"x":1«00»}""", "not valid JSON"),
        ["a NUL behind the document"] = new("{}«00»", "not valid JSON"),
        ["NULs only"] = new("«00»«00»«00»«00»", "not valid JSON"),
        ["a second document"] = new("{}{}", "not valid JSON"),
        ["a comma too many in an array"] = new("""{"x":[1,]}""", "not valid JSON"),
        ["a comma too many in an array of strings"] = new("""{"x":["a",]}""", "not valid JSON"),
        ["two commas in an array"] = new("""{"x":["a",,"b"]}""", "not valid JSON"),
        ["a comma at the start of an array"] = new("""{"x":[,"a"]}""", "not valid JSON"),
        ["no comma in an array"] = new("""{"x":["a" "b"]}""", "not valid JSON"),
        ["a comma for a value"] = new("""{"x":,"a"}""", "not valid JSON"),
        ["a colon in an array"] = new("""{"x":["a":"b"]}""", "not valid JSON"),
        ["two strings for one value"] = new("""{"x":"a" "b"}""", "not valid JSON"),
        ["a name without a value"] = new("""{"x"}""", "not valid JSON"),
        ["a comment"] = new("""{/* x */"x":1}""", "not valid JSON"),
        ["the wrong bracket"] = new("""{"x":[1}}""", "not valid JSON"),
        ["NaN"] = new("""{"x":NaN}""", "not valid JSON"),
        ["single quotes"] = new("{'x':1}", "not valid JSON"),
        ["a page"] = new("<!DOCTYPE html><html><head><title>Sign in &amp; go on</title></head><body>…</body></html>", "Sign in & go on"),
        ["plain words"] = new("upstream connect error", "upstream connect error"),
        ["server-sent events"] = new("data: {\"candidates\":[]}\n\n", "not valid JSON"),
        ["UTF-16"] = new("«FF»«FE»{«00»}«00»", "not valid JSON"),
    };

    public static TheoryData<string, Chunking> Responses => Table(s_responses.Keys);

    public static TheoryData<string, Chunking> Flaws => Table(s_flaws.Keys);

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task Reads_the_content_of_a_response(string name, Chunking chunking)
    {
        var row = s_responses[name];
        var reading = await Reading.OfAsync(ChunkedStream.Of(Response.Bytes(row.Document), chunking));

        Assert.Null(reading.Failure);
        Assert.Equal(row.ImageBytes is { } hex ? [Convert.FromHexString(hex)] : row.Pictures.Select(TestImages.Bytes), reading.Pictures);
        Assert.Equal(row.ImageBytes is null ? row.Pictures.Select(Path.GetExtension) : [".png"], reading.Extensions);
        Assert.Equal(row.Texts, reading.Texts);
        Assert.Equal(row.FinishReason, reading.FinishReason);
        Assert.Equal(row.BlockReason, reading.BlockReason);
        Assert.Equal(row.ModelVersion, reading.ModelVersion);
        Assert.Equal(row.ResponseId, reading.ResponseId);
        Assert.Equal(row.ErrorMessage, reading.ErrorMessage);
        Assert.Equal(
            row.Usage,
            reading.Usage is { } usage
                ? (usage.PromptTokenCount, usage.CandidatesTokenCount, usage.ThoughtsTokenCount, usage.TotalTokenCount)
                : null);
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task Refuses_an_invalid_response_and_leaves_no_file(string name, Chunking chunking)
    {
        var row = s_flaws[name];
        var reading = await Reading.OfAsync(ChunkedStream.Of(Response.Bytes(row.Document), chunking));

        Assert.NotNull(reading.Failure);
        Assert.Equal(TokaifyErrorId.BadResponse, reading.Failure.ErrorId);
        Assert.Matches(row.Message, reading.Failure.Message);
        Assert.Equal(200, reading.Failure.StatusCode);
        if (row.IsTransient is { } isTransient)
        {
            Assert.Equal(isTransient, reading.Failure.IsTransient);
        }
    }

    [Theory]
    [InlineData(Chunking.Whole)]
    [InlineData(Chunking.Bytes)]
    public async Task Refuses_a_response_cut_off_at_any_byte(Chunking chunking)
    {
        var bytes = Response.Bytes("""
            [{"usageMetadata": {"totalTokenCount": 12}, "x": ["a", 1.5, true, null], "candidates": [{"content": {"parts": [
            {"text": "a\u00e9😀 ![image](data:image/webp;base64,«lossy.webp»)"}, {"thought": false, "inlineData": {"data": "«lossy.webp»"}}]},
            "finishReason": "STOP"}]}]
            """);
        var firstPart = bytes.AsSpan().IndexOf(")\"}"u8) + 3;
        var secondPart = bytes.AsSpan().IndexOf("\"}}"u8) + 3;
        for (var length = 0; length < bytes.Length; length++)
        {
            var reading = await Reading.OfAsync(ChunkedStream.Of(bytes[..length], chunking));
            // Complete images are kept.
            var images = length < firstPart ? 0 : length < secondPart ? 1 : 2;
            Assert.Equal((length, images), (length, reading.Pictures.Count));
            Assert.True(
                images > 0 ? reading.Flaw is { Reason: "it ends too early", Error: null }
                : reading.Failure is { ErrorId: TokaifyErrorId.BadResponse, IsTransient: true },
                $"cut at {length}: {reading.Failure?.Message}{reading.Flaw?.Reason}");
        }

        Assert.Null((await Reading.OfAsync(ChunkedStream.Of(bytes, chunking))).Failure);
    }

    [Fact]
    public async Task Accepts_an_image_up_to_the_limit_and_none_above_it()
    {
        var length = TestImages.Bytes(Response.Png).Length;

        Assert.Single((await Reading.OfAsync(new MemoryStream(Response.Bytes(Usual)), limit: length)).Pictures);
        var failure = (await Reading.OfAsync(new MemoryStream(Response.Bytes(Usual)), limit: length - 1)).Failure;
        Assert.Equal(TokaifyErrorId.BadResponse, failure?.ErrorId);
        Assert.Contains($"larger than {length - 1} bytes", failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_reading_an_image_that_is_over_the_limit()
    {
        using var body = new CountingStream(new MemoryStream(Response.Bytes(Inline(new string('A', 4 * 1024 * 1024)))));
        await Reading.OfAsync(body, limit: 1024);
        Assert.InRange(body.BytesRead, 1024, 512 * 1024);
    }

    [Fact]
    public async Task Shows_the_beginning_of_a_response_without_its_images()
    {
        var escaped = Escape(Response.Base64("16bit.png"), ("/", "\\/"));
        var failure = (await Reading.OfAsync(new MemoryStream(Response.Bytes(Inline(escaped + "!"))))).Failure;
        Assert.StartsWith("""{"candidates":""", failure?.ResponseText, StringComparison.Ordinal);
        Assert.InRange(failure!.ResponseText!.Length, 50, 400);
    }

    [Fact]
    public async Task Ends_when_it_is_cancelled_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var bytes = Response.Bytes(Usual);
        var left = bytes.Length / 2;
        using var body = new ChunkedStream(bytes, () =>
        {
            if (left-- == 0)
            {
                cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
            }

            return 1;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ResponseReader.ReadAsync(
            body, new ResponseHead(200, null, null), () => new ImageFolder(folder.Path).BeginImage(long.MaxValue), Edits.Errors, cancellation.Token));
        Assert.Empty(folder.Names);
    }

    private static string Inline(string data) => $$$"""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"{{{data}}}"}}]}}]}""";

    private static string Escape(string text, params (string From, string To)[] escapes) =>
        escapes.Aggregate(text, (escaped, escape) => escaped.Replace(escape.From, escape.To, StringComparison.Ordinal));

    private static TheoryData<string, Chunking> Table(IEnumerable<string> names)
    {
        var table = new TheoryData<string, Chunking>();
        foreach (var name in names)
        {
            table.Add(name, Chunking.Whole);
            table.Add(name, Chunking.Bytes);
            table.Add(name, Chunking.Random);
        }

        return table;
    }

    private sealed record Row(string Document)
    {
        public string[] Pictures { get; init; } = [];

        /// <summary>Hexadecimal, if the image is not a file of the tests.</summary>
        public string? ImageBytes { get; init; }

        public string[] Texts { get; init; } = [];

        public string? FinishReason { get; init; }

        public string? BlockReason { get; init; }

        public string? ModelVersion { get; init; }

        public string? ResponseId { get; init; }

        public string? ErrorMessage { get; init; }

        public (int? Prompt, int? Candidates, int? Thoughts, int? Total)? Usage { get; init; }
    }

    private sealed record Flaw(string Document, string Message, bool? IsTransient = null);
}
