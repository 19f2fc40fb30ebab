using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Tokaify.Tests.Metadata;

/// <summary>What is sent with <see cref="ImageRequest.StripMetadata"/>, piece by piece. Other programs look at it in
/// <see cref="StrippedImageTests"/>.</summary>
public class StrippingTests
{
    private const string Secret = "47.3769,8.5417";

    private static ReadOnlySpan<byte> Exif => "Exif\0\0"u8;

    public static TheoryData<string, byte[]> JpegSegments => new()
    {
        { "a comment", Segment(0xFE, Text()) },
        { "EXIF data", Segment(0xE1, [.. Exif, .. Text()]) },
        { "XMP", Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Text()]) },
        { "IPTC", Segment(0xED, [.. "Photoshop 3.0\0"u8, .. Text()]) },
        { "the list of further images", Segment(0xE2, [.. "MPF\0"u8, .. Text()]) },
        { "a thumbnail", Segment(0xE0, [.. "JFXX\0"u8, .. Text()]) },
        { "a camera's own segment", Segment(0xE7, Text()) },
        { "EXIF data, the second time", [.. Segment(0xE1, [.. Exif, .. Tiff(6)]), .. Segment(0xE1, [.. Exif, .. Text()])] },
        { "fill bytes before a comment", [0xFF, 0xFF, .. Segment(0xFE, Text())] },
    };

    public static TheoryData<string> PngChunks => ["tEXt", "zTXt", "iTXt", "tIME", "caBX", "eXIf", "prVt", "sPLT", "hIST"];

    public static TheoryData<string> Pictures =>
        ["baseline.jpg", "progressive.jpg", "arithmetic.jpg", "plain.png", "interlaced.png", "palette.png", "lossy.webp", "lossless.webp", "alpha.webp"];

    [Theory]
    [MemberData(nameof(JpegSegments))]
    public void A_segment_that_does_not_belong_to_the_image_is_left_out(string what, byte[] segment)
    {
        var plain = Strip(TestImages.Bytes("baseline.jpg"));
        var sent = Strip([.. plain.AsSpan(0, 2), .. segment, .. plain.AsSpan(2)]);

        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(sent), StringComparison.Ordinal);
        Assert.True(plain.AsSpan().EndsWith(sent.AsSpan(sent.Length - plain.Length + 2)), what);
    }

    [Theory]
    [MemberData(nameof(PngChunks))]
    public void A_chunk_that_does_not_belong_to_the_image_is_left_out(string type)
    {
        var plain = Strip(TestImages.Bytes("plain.png"));
        Assert.Equal(plain, Strip([.. plain.AsSpan(0, 33), .. PngChunk(type, Text()), .. plain.AsSpan(33)]));
    }

    [Theory]
    [InlineData("gAMA")]
    [InlineData("iCCP")]
    [InlineData("tRNS")]
    [InlineData("pHYs")]
    public void A_chunk_that_display_needs_stays(string type)
    {
        var plain = Strip(TestImages.Bytes("plain.png"));
        byte[] image = [.. plain.AsSpan(0, 33), .. PngChunk(type, new byte[9]), .. plain.AsSpan(33)];
        Assert.Equal(image, Strip(image));
    }

    [Theory]
    [InlineData("EXIF")]
    [InlineData("XMP ")]
    [InlineData("C2PA")]
    public void A_chunk_of_a_webp_that_does_not_belong_to_the_image_is_left_out(string type)
    {
        var plain = Strip(TestImages.Bytes("lossy.webp"));
        Assert.Equal(plain, Strip(WithLength([.. plain, .. WebpChunk(type, Text())])));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Nothing_behind_the_end_of_the_image_is_sent(string name)
    {
        var image = TestImages.Bytes(name);
        Assert.Equal(Strip(image), Strip([.. image, .. Text(), 0xFF, 0xD8, 0xFF]));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_stripped_image_is_not_changed_again(string name)
    {
        var once = Strip(TestImages.Bytes(name));
        Assert.Equal(once, Strip(once));
        Assert.Equal(ImageHeader.Read(new MemoryStream(TestImages.Bytes(name))), ImageHeader.Read(new MemoryStream(once)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_orientation_stays(int orientation)
    {
        var jpeg = Strip(TestImages.Bytes("baseline.jpg"));
        var png = Strip(TestImages.Bytes("plain.png"));
        byte[] tiff = [.. Tiff(orientation), .. Text()];

        byte[] turnedJpeg = Strip([.. jpeg.AsSpan(0, 2), .. Segment(0xE1, [.. Exif, .. tiff]), .. jpeg.AsSpan(2)]);
        byte[] turnedPng = Strip([.. png.AsSpan(0, 33), .. PngChunk("eXIf", tiff), .. png.AsSpan(33)]);

        byte[] made = ExifOrientation.Make(orientation);
        Assert.Equal(orientation, ExifOrientation.Read(made));
        Assert.Equal(
            orientation == 1 ? jpeg : [.. jpeg.AsSpan(0, 2), .. Segment(0xE1, [.. Exif, .. made]), .. jpeg.AsSpan(2)], turnedJpeg);
        Assert.Equal(orientation == 1 ? png : [.. png.AsSpan(0, 33), .. PngChunk("eXIf", made), .. png.AsSpan(33)], turnedPng);
    }

    [Fact]
    public void A_comment_between_the_scans_of_a_jpeg_is_left_out()
    {
        var plain = Strip(TestImages.Bytes("progressive.jpg"));
        var secondScan = plain.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        Assert.Equal(plain, Strip([.. plain.AsSpan(0, secondScan), .. Segment(0xFE, Text()), .. plain.AsSpan(secondScan)]));
    }

    [Fact]
    public void A_thumbnail_in_the_first_segment_of_a_jpeg_is_left_out()
    {
        var plain = Strip(TestImages.Bytes("baseline.jpg"));
        Assert.Equal("JFIF", Encoding.ASCII.GetString(plain, 6, 4));
        var data = plain.AsSpan(6, 14).ToArray();
        data[12] = 2;
        data[13] = 1;
        Assert.Equal(plain, Strip([.. plain.AsSpan(0, 2), .. Segment(0xE0, [.. data, .. "abcdef"u8]), .. plain.AsSpan(20)]));
    }

    [Theory]
    [InlineData("plain.heic")]
    [InlineData("structural.heif")]
    public void A_format_that_refers_to_its_metadata_by_position_is_refused(string name)
    {
        var failure = Assert.Throws<TokaifyException>(() => Request(TestImages.Path(name)).Validate());
        Assert.Equal(TokaifyErrorId.UnsupportedImage, failure.ErrorId);
        Assert.Contains("Nothing was sent", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("truncated.png")]
    [InlineData("empty.png")]
    public void A_damaged_image_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.png", [.. TestImages.Bytes("plain.png").AsSpan(0, 8), .. TestImages.Bytes(name)]);
        var failure = Assert.Throws<TokaifyException>(() => Request(path).WithSentImages());
        Assert.Equal(TokaifyErrorId.UnsupportedImage, failure.ErrorId);
    }

    [Fact]
    public void A_file_of_too_many_pieces_is_refused()
    {
        using var folder = new TemporaryFolder();
        var plain = TestImages.Bytes("plain.png");
        byte[] pair = [.. PngChunk("tEXt", []), .. PngChunk("IDAT", [])];
        var path = folder.Write("a.png", [.. plain.AsSpan(0, 33), .. Enumerable.Repeat(pair, 20_000).SelectMany(bytes => bytes), .. plain.AsSpan(33)]);
        Assert.Contains(
            "too many pieces", Assert.Throws<TokaifyException>(() => Request(path).WithSentImages()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_file()
    {
        var stripped = Request(TestImages.Path("exif-thumbnail.jpg"));
        var whole = stripped with { StripMetadata = false };
        Assert.Equal(RequestFingerprint.Of(whole).Value, RequestFingerprint.Of(stripped).Value);
    }

    internal static ImageRequest Request(params string[] paths) =>
        new() { Prompt = "x", StripMetadata = true, Images = [.. paths.Select(SourceImage.Inspect)] };

    /// <summary>The sent bytes of an image: the decoded Base64 of the request's body.</summary>
    internal static byte[] SentOf(string path)
    {
        using var content = new RequestContent(RequestBody.For(Request(path).WithSentImages()));
        var body = content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        Assert.Equal(content.Headers.ContentLength, body.Length);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("contents")[0].GetProperty("parts")[1].GetProperty("inline_data").GetProperty("data").GetBytesFromBase64();
    }

    private static byte[] Strip(byte[] image)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.bin", image);
        var sent = SentOf(path);
        Assert.Equal(image, File.ReadAllBytes(path));
        return sent;
    }

    private static byte[] Text() => Encoding.ASCII.GetBytes($"{Secret} by Jane Doe");

    internal static byte[] Segment(byte marker, byte[] data) => [0xFF, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), .. data];

    // Orientation as the second of two entries, in the byte order that is not the module's own.
    internal static byte[] Tiff(int orientation) =>
    [
        .. "II*\0"u8, 8, 0, 0, 0, 2, 0,
        0x0F, 0x01, 2, 0, 3, 0, 0, 0, (byte)'C', (byte)'A', 0, 0,
        0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0,
        0, 0, 0, 0,
    ];

    internal static byte[] PngChunk(string type, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        var chunk = new byte[8 + named.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + named.Length), Crc32.Of(named));
        return chunk;
    }

    private static byte[] WebpChunk(string type, byte[] data)
    {
        var chunk = new byte[8 + data.Length + (data.Length & 1)];
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 0);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), data.Length);
        data.CopyTo(chunk, 8);
        return chunk;
    }

    private static byte[] WithLength(byte[] riff)
    {
        BinaryPrimitives.WriteInt32LittleEndian(riff.AsSpan(4), riff.Length - 8);
        return riff;
    }
}
