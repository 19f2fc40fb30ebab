using Tokaify.Tests.Metadata;
using Xunit;

namespace Tokaify.Tests.Models;

/// <summary>The aspect ratio of a source, as it is displayed.</summary>
public class AspectRatioTests
{
    private const string Flash = "gemini-2.5-flash-image";
    private const string Wide = "gemini-3.1-flash-image";

    [Theory]
    [InlineData(Flash, 1024, 1024, "1:1")]
    [InlineData(Flash, 6000, 4000, "3:2")]
    [InlineData(Flash, 4032, 3024, "4:3")]
    [InlineData(Flash, 3024, 4032, "3:4")]
    [InlineData(Flash, 1920, 1080, "16:9")]
    [InlineData(Flash, 1, 5000, "9:16")]
    [InlineData(Flash, 5000, 1, "21:9")]
    [InlineData(Wide, 1, 5000, "1:8")]
    [InlineData(Wide, 5000, 1, "8:1")]
    // Between 1:1 and 5:4, the middle is at the root of 1.25, which is 1.118.
    [InlineData(Flash, 1117, 1000, "1:1")]
    [InlineData(Flash, 1119, 1000, "5:4")]
    public void The_nearest_of_the_models_ratios_is_taken(string model, int width, int height, string expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(expected, AspectRatio.Nearest(model, SourceImage.Inspect(folder.Write("a.png", Png(width, height)))));
    }

    [Theory]
    [InlineData(1, "21:9")]
    [InlineData(2, "21:9")]
    [InlineData(3, "21:9")]
    [InlineData(4, "21:9")]
    [InlineData(5, "9:16")]
    [InlineData(6, "9:16")]
    [InlineData(7, "9:16")]
    [InlineData(8, "9:16")]
    public void An_image_is_measured_as_it_is_displayed(int orientation, string expected)
    {
        using var folder = new TemporaryFolder();
        var png = Png(3000, 1000, StrippingTests.PngChunk("eXIf", StrippingTests.Tiff(orientation)));
        var jpeg = TestImages.Bytes("baseline.jpg");
        byte[] exif = StrippingTests.Segment(0xE1, [.. "Exif\0\0"u8, .. StrippingTests.Tiff(orientation)]);
        var turned = SourceImage.Inspect(folder.Write("a.jpg", [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)]));
        var upright = ImageHeader.Read(new MemoryStream(jpeg))!.Value;

        Assert.Equal(expected, AspectRatio.Nearest(Flash, SourceImage.Inspect(folder.Write("a.png", png))));
        Assert.Equal(
            orientation < 5 ? new PixelSize(upright.Width, upright.Height) : new PixelSize(upright.Height, upright.Width),
            turned.ReadDisplaySize());
    }

    [Theory]
    [InlineData("turned.heic")]
    [InlineData("turned.heif")]
    public void An_image_that_its_container_turns_is_not_turned_twice(string name)
    {
        using var file = File.OpenRead(TestImages.Path(name));
        var header = ImageHeader.Read(file)!.Value;
        Assert.Equal(new PixelSize(header.Width, header.Height), SourceImage.Inspect(TestImages.Path(name)).ReadDisplaySize());
    }

    [Fact]
    public void For_a_model_with_unknown_ratios_no_ratio_is_chosen()
    {
        var failure = Assert.Throws<TokaifyException>(
            () => AspectRatio.Nearest("another-model", SourceImage.Inspect(TestImages.Path("plain.png"))));
        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
    }

    [Fact]
    public void For_an_image_without_a_size_no_ratio_is_chosen()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<TokaifyException>(() => AspectRatio.Nearest(Flash, SourceImage.Inspect(folder.Write("a.png", Png(0, 5)))));
        Assert.Equal(TokaifyErrorId.UnsupportedImage, failure.ErrorId);
    }

    [Theory]
    [InlineData(Flash, "16:9", null, 1344, 768, true)]
    [InlineData(Flash, "16:9", null, 1024, 1024, false)]
    // 21:9 is 2.33, and the model's images for it have 2.29.
    [InlineData(Flash, "21:9", null, 1536, 672, true)]
    [InlineData(Flash, null, null, 1024, 1024, null)]
    [InlineData(Wide, "1:1", "2K", 2048, 2048, true)]
    [InlineData(Wide, "1:1", "2K", 1024, 1024, false)]
    [InlineData(Wide, "1:1", "2K", 2080, 2048, true)]
    [InlineData(Wide, "1:1", "2K", 2100, 2048, false)]
    [InlineData(Wide, "1:1", "512", 512, 512, true)]
    [InlineData(Wide, null, "4K", 5504, 3072, true)]
    [InlineData(Wide, null, "4K", 1376, 768, false)]
    [InlineData("another-model", "16:9", null, 1600, 900, true)]
    [InlineData("another-model", "16:9", null, 1024, 1024, false)]
    [InlineData("another-model", null, "2K", 1024, 1024, null)]
    [InlineData(Flash, "16:9", null, 0, 0, null)]
    public void The_images_are_compared_with_the_request(string model, string? ratio, string? size, int width, int height, bool? expected)
    {
        var image = new SavedImage("/a.png", new ImageHeader(ImageFormat.Png, width, height), 1);
        Assert.Equal(expected, RequestMatch.Of(model, ratio, size, [image]));
    }

    [Fact]
    public void One_image_of_several_that_is_different_is_a_mismatch()
    {
        SavedImage Image(int width) => new("/a.png", new ImageHeader(ImageFormat.Png, width, 768), 1);
        Assert.False(RequestMatch.Of(Flash, "16:9", null, [Image(1344), Image(768)]));
        Assert.True(RequestMatch.Of(Flash, "16:9", null, [Image(1344), Image(0)]));
    }

    private static byte[] Png(int width, int height, params byte[] chunks) =>
    [
        .. TestImages.Bytes("plain.png").AsSpan(0, 8),
        .. StrippingTests.PngChunk("IHDR", [.. BigEndian(width), .. BigEndian(height), 8, 2, 0, 0, 0]),
        .. chunks,
        .. StrippingTests.PngChunk("IEND", []),
    ];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
