using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Responses;

public class MarkdownImageTests
{
    private static readonly string s_data = Response.Base64(Response.Webp);

    /// <summary>A text part, its images and the remaining text; null if there is none. Each row is a case.</summary>
    private static readonly Dictionary<string, (string Text, string[] Pictures, string? Stays)> s_rows = new()
    {
        ["a picture alone"] = ("![image](data:image/png;base64,«palette.png»)", [Response.Png], null),
        ["line breaks around"] = ("\n\n![image](data:image/png;base64,«palette.png»)\n", [Response.Png], null),
        ["text around"] = ("Before. ![image](data:image/png;base64,«palette.png») After!", [Response.Png], "Before.  After!"),
        ["several"] = ("a![1](data:image/png;base64,«palette.png»)b![2](data:image/webp;base64,«lossy.webp»)![](data:image/jpeg;base64,«grayscale.jpg»)c", [Response.Png, Response.Webp, Response.Jpeg], "abc"),
        ["a wrong subtype"] = ("![image](data:image/x-unknown+xml;base64,«palette.png»)", [Response.Png], null),
        ["upper case"] = ("![image](DATA:Image/PNG;Base64,«palette.png»)", [Response.Png], null),
        ["another description"] = ("![Ein schönes Bild, so! (1)](data:image/png;base64,«palette.png»)", [Response.Png], null),
        ["line breaks in the Base64"] = (string.Join("\r\n", $"![i](data:image/webp;base64,{s_data}\n)".Chunk(76).Select(line => new string(line))), [Response.Webp], null),
        ["exclamation marks before"] = ("!!! ![ !\n![x ![image](data:image/png;base64,«palette.png»)", [Response.Png], "!!! ![ !\n![x "),
        ["a link to a picture elsewhere"] = ("![image](https://example.com/a.png)", [], "![image](https://example.com/a.png)"),
        ["no Base64"] = ("![image](data:image/png,abc)", [], "![image](data:image/png,abc)"),
        ["SVG as text"] = ("![image](data:image/svg+xml;utf8,<svg/>)", [], "![image](data:image/svg+xml;utf8,<svg/>)"),
        ["another MIME type"] = ("![image](data:text/plain;base64,SGVsbG8=)", [], "![image](data:text/plain;base64,SGVsbG8=)"),
        ["no MIME type"] = ("![image](data:;base64,SGVsbG8=)", [], "![image](data:;base64,SGVsbG8=)"),
        ["no subtype"] = ("![image](data:image/;base64,SGVsbG8=)", [], "![image](data:image/;base64,SGVsbG8=)"),
        ["nothing encoded"] = ("![image](data:image/png;base64,)", [], "![image](data:image/png;base64,)"),
        ["bytes that are no picture"] = ("![image](data:image/png;base64,SGVsbG8=) x", [], "![image](data:image/png;base64,SGVsbG8=) x"),
        ["bytes that are no picture, spelled oddly"] = ("![image](data:image/png;base64,SGVsbG9=)", [], "![image](data:image/png;base64,SGVsbG9=)"),
        ["a page's example"] = ("Use ![image](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg...) there", [], "Use ![image](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg...) there"),
        ["no valid Base64 at its end"] = ($"![image](data:image/webp;base64,{s_data}A)", [], $"![image](data:image/webp;base64,{s_data}A)"),
        ["a title"] = ($"![i](data:image/webp;base64,{s_data} \"title\")", [], $"![i](data:image/webp;base64,{s_data} \"title\")"),
        ["a link, not a picture"] = ($"[image](data:image/webp;base64,{s_data})", [], $"[image](data:image/webp;base64,{s_data})"),
        ["not Markdown"] = ($"data:image/webp;base64,{s_data}", [], $"data:image/webp;base64,{s_data}"),
        ["never ended"] = ($"x ![image](data:image/webp;base64,{s_data}", [], $"x ![image](data:image/webp;base64,{s_data}"),
        ["never ended, cut in the header"] = ("x ![image](data:image/we", [], "x ![image](data:image/we"),
        ["an exclamation mark last"] = ("Done!", [], "Done!"),
        ["a broken one before a whole one"] = ("![a](data:image/png;base64,iVBO.. ![b](data:image/png;base64,«palette.png»)!", [Response.Png], "![a](data:image/png;base64,iVBO.. !"),
        ["a beginning right before a whole one"] = ("![a](data:image/png;base64,![b](data:image/png;base64,«palette.png»)", [Response.Png], "![a](data:image/png;base64,"),
        ["a description without an end"] = ($"![{new string('a', 5000)}", [], $"![{new string('a', 5000)}"),
        ["a long flaw"] = ($"![a](data:image/png;base64,{Long}*)", [], $"![a](data:image/png;base64,{Long}*)"),
        ["a long one that is no picture"] = ($"![a](data:image/png;base64,{Long}AA==)", [], $"![a](data:image/png;base64,{Long}AA==)"),
    };

    public static TheoryData<string, Chunking> Rows
    {
        get
        {
            var table = new TheoryData<string, Chunking>();
            foreach (var name in s_rows.Keys)
            {
                table.Add(name, Chunking.Whole);
                table.Add(name, Chunking.Bytes);
                table.Add(name, Chunking.Random);
            }

            return table;
        }
    }

    private static string Long => string.Concat(Enumerable.Repeat("QmFzZTY0", 40_000));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Takes_only_images_out_of_a_text(string name, Chunking chunking)
    {
        var (text, images, stays) = s_rows[name];
        await AssertReadsAsync(Document(JsonSerializer.Serialize(Resolve(text))), chunking, images, stays);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Takes_images_out_of_a_text_in_which_every_character_is_escaped(string name, Chunking chunking)
    {
        var (text, images, stays) = s_rows[name];
        var escaped = $"\"{string.Concat(Resolve(text).Select(character => $"\\u{(int)character:X4}"))}\"";
        await AssertReadsAsync(Document(escaped), chunking, images, stays);
    }

    [Fact]
    public async Task Puts_images_of_texts_and_of_data_in_their_order()
    {
        var reading = await Reading.OfAsync(ChunkedStream.Of(
            Response.Bytes("""{"candidates":[{"content":{"parts":[{"text":"![](data:image/jpeg;base64,«grayscale.jpg»)a"},{"inlineData":{"data":"«palette.png»"}},{"text":"b![](data:image/webp;base64,«lossy.webp»)"}]}}]}"""),
            Chunking.Whole));
        Assert.Equal(["grayscale.jpg", "palette.png", "lossy.webp"], reading.Pictures.Select(NameOf));
        Assert.Equal(["a", "b"], reading.Texts);
    }

    [Fact]
    public async Task Skips_images_in_drafts()
    {
        var reading = await Reading.OfAsync(ChunkedStream.Of(
            Response.Bytes("""{"candidates":[{"content":{"parts":[{"text":"![](data:image/jpeg;base64,«grayscale.jpg»)a","thought":true},{"text":"![](data:image/webp;base64,«lossy.webp»)"}]}}]}"""),
            Chunking.Whole));
        Assert.Equal(["lossy.webp"], reading.Pictures.Select(NameOf));
        Assert.Empty(reading.Texts);
    }

    [Fact]
    public async Task Refuses_an_image_over_the_limit()
    {
        var body = ChunkedStream.Of(Response.Bytes(Document("\"![](data:image/jpeg;base64,«grayscale.jpg»)\"")), Chunking.Whole);
        Assert.Contains("larger than 100 bytes", (await Reading.OfAsync(body, limit: 100)).Failure?.Message, StringComparison.Ordinal);
    }

    private static async Task AssertReadsAsync(string document, Chunking chunking, string[] images, string? stays)
    {
        var reading = await Reading.OfAsync(ChunkedStream.Of(Response.Bytes(document), chunking));
        Assert.Null(reading.Failure);
        Assert.Equal(images, reading.Pictures.Select(NameOf));
        Assert.Equal(stays is null ? [] : [stays], reading.Texts);
    }

    private static string NameOf(byte[] image) =>
        new[] { Response.Png, Response.Jpeg, Response.Webp }.Single(name => TestImages.Bytes(name).SequenceEqual(image));

    private static string Resolve(string text) => System.Text.Encoding.UTF8.GetString(Response.Bytes(text));

    private static string Document(string text) => $$$"""{"candidates":[{"content":{"parts":[{"text":{{{text}}} }]}}]}""";
}
