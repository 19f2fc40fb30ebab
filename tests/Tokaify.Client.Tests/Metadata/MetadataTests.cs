using System.Buffers.Binary;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Tokaify.Tests.Metadata;

public class MetadataTests
{
    private static readonly ImageMetadata s_metadata = new("Schöne <Nacht> & 月\nzweite Zeile \U0001F319", "gemini-x", "r-1");

    public static TheoryData<string> Pictures => [.. TestImages.All.Select(path => Path.GetFileName(path))
        .Where(name => Path.GetExtension(name) is ".png" or ".jpg" or ".webp")
        .Where(name => name is not ("empty.png" or "truncated.png"))];

    [Theory]
    [MemberData(nameof(Pictures))]
    public void The_image_data_stays_byte_for_byte(string name)
    {
        var before = TestImages.Bytes(name);
        var after = Embed(before, s_metadata);
        Assert.Equal(ImageParts.Essence(before), ImageParts.Essence(after));
        Assert.Equal(ImageHeader.Read(new MemoryStream(before)), ImageHeader.Read(new MemoryStream(after)));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Prompt_model_and_response_id_are_read_back(string name)
    {
        var fields = ImageParts.Metadata(Embed(TestImages.Bytes(name), s_metadata));
        Assert.Equal(s_metadata.Fields().ToDictionary(field => field.Name, field => field.Value), fields);
    }

    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("lossy.webp")]
    [InlineData("lossless.webp")]
    [InlineData("alpha.webp")]
    public void Existing_xmp_is_kept_and_nothing_is_duplicated(string name)
    {
        var first = Embed(TestImages.Bytes(name), s_metadata);
        var theirs = Embed(first, new ImageMetadata("Another", "m", null));
        var packet = Assert.Single(ImageParts.XmpPackets(theirs));
        Assert.Equal(new Dictionary<string, string> { ["Prompt"] = "Another", ["Model"] = "m" }, ImageParts.Metadata(theirs));
        Assert.Single(XDocument.Parse(packet).Descendants(), element => element.Name.LocalName == "Description");
        Assert.Equal(ImageParts.Essence(first), ImageParts.Essence(theirs));
    }

    [Fact]
    public void Properties_of_other_programs_stay()
    {
        const string Theirs =
            """
            <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera"/></rdf:RDF></x:xmpmeta>   <?xpacket end="w"?>
            """;
        var packet = Encoding.UTF8.GetString(XmpPacket.Make(s_metadata, [.. Encoding.UTF8.GetBytes(Theirs), 0, 0]));
        Assert.Contains("dc:source=\"camera\"", packet, StringComparison.Ordinal);
        Assert.Contains("gemini-x", packet, StringComparison.Ordinal);
        Assert.EndsWith("<?xpacket end=\"w\"?>", packet, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lossy_webp_gets_an_extended_header_with_its_size()
    {
        var before = ImageHeader.Read(new MemoryStream(TestImages.Bytes("lossy.webp")))!.Value;
        var after = Embed(TestImages.Bytes("lossy.webp"), s_metadata);
        Assert.Equal("VP8X", Encoding.ASCII.GetString(after, 12, 4));
        Assert.Equal(after.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(after.AsSpan(4)));
        Assert.Equal(before, ImageHeader.Read(new MemoryStream(after)));
    }

    [Fact]
    public async Task The_saved_file_has_its_origin()
    {
        using var folder = new TemporaryFolder();
        var result = await SaveAsync(folder, TestImages.Bytes("baseline.jpg"), "Make it night.", embeds: true);
        var saved = await File.ReadAllBytesAsync(result.Path!);
        Assert.Equal("Make it night.", ImageParts.Metadata(saved)["Prompt"]);
        Assert.Equal("r-1", ImageParts.Metadata(saved)["ResponseId"]);
        Assert.Equal(saved.Length, result.Images[0].Length);
        Assert.Equal(["out.jpg"], folder.Names);
    }

    [Fact]
    public async Task By_default_nothing_is_written_into_a_file()
    {
        using var folder = new TemporaryFolder();
        var image = TestImages.Bytes("plain.png");
        var result = await SaveAsync(folder, image, "Make it night.", embeds: false);
        Assert.Equal(image, await File.ReadAllBytesAsync(result.Path!));
    }

    [Theory]
    [InlineData("baseline.jpg", 70_000, true)]
    [InlineData("plain.heic", 10, false)]
    public async Task An_image_that_cannot_hold_metadata_is_saved_unchanged_and_a_message_says_so(string name, int length, bool isWarning)
    {
        using var folder = new TemporaryFolder();
        var notices = new List<ClientNotice>();
        var image = TestImages.Bytes(name);
        var result = await SaveAsync(folder, image, new string('x', length), embeds: true, notices.Add);
        Assert.Equal(image, await File.ReadAllBytesAsync(result.Path!));
        Assert.Equal(isWarning, Assert.Single(notices).IsWarning);
        Assert.Single(folder.Names);
    }

    [Theory]
    [InlineData("empty.png")]
    [InlineData("structural.avif")]
    public void A_file_that_is_not_an_image_is_refused_and_not_partly_written(string name)
    {
        var bytes = TestImages.Bytes(name);
        foreach (var format in new[] { ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.Webp })
        {
            Assert.Throws<MetadataException>(() => MetadataWriter.Copy(
                new MemoryStream(bytes), new ImageHeader(format, 1, 1), s_metadata, new MemoryStream()));
        }
    }

    [Theory]
    [InlineData("plain.png")]
    [InlineData("exif-thumbnail.jpg")]
    [InlineData("lossy.webp")]
    [InlineData("alpha.webp")]
    public void A_file_cut_off_or_damaged_anywhere_is_written_or_refused(string name)
    {
        var whole = Embed(TestImages.Bytes(name), s_metadata);
        for (var at = 0; at < whole.Length; at += 1 + (at / 100))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x5A;
            foreach (var image in new[] { whole[..at], damaged })
            {
                TryEmbed(image);
            }
        }
    }

    private static void TryEmbed(byte[] image)
    {
        using var source = new MemoryStream(image);
        try
        {
            if (ImageHeader.Read(source) is { } header)
            {
                MetadataWriter.Copy(source, header, s_metadata, new MemoryStream());
            }
        }
        catch (MetadataException)
        {
            // It is reported, and no image is lost.
        }
    }

    private static byte[] Embed(byte[] image, ImageMetadata metadata)
    {
        using var source = new MemoryStream(image);
        using var target = new MemoryStream();
        MetadataWriter.Copy(source, ImageHeader.Read(source)!.Value, metadata, target);
        return target.ToArray();
    }

    private static async Task<ImageEditResult> SaveAsync(
        TemporaryFolder folder, byte[] image, string prompt, bool embeds, Action<ClientNotice>? onNotice = null)
    {
        var response = $$$"""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{{Convert.ToBase64String(image)}}}"}}]}}],"responseId":"r-1"}""";
        await using var server = ScriptedServer.Answering(ScriptedResponse.Json(200, response));
        var options = new TokaifyClientOptions { EmbedMetadata = embeds, OnNotice = onNotice };
        return await Edits.Client(server.BaseUri, options: options).EditAsync(Edits.Of(folder, prompt: prompt));
    }
}
