using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Whether an image is complete by its own format.</summary>
public class WholeImageTests
{
    [Theory]
    [InlineData("plain.png")]
    [InlineData("palette.png")]
    [InlineData("baseline.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("exif-thumbnail.jpg")]
    [InlineData("lossy.webp")]
    [InlineData("lossless.webp")]
    [InlineData("alpha.webp")]
    [InlineData("animated.webp")]
    [InlineData("plain.heic")]
    [InlineData("grid.heif")]
    [InlineData("alpha.heic")]
    public void A_whole_image_is_whole_and_its_beginnings_are_not(string name)
    {
        var bytes = TestImages.Bytes(name);
        Assert.True(IsWhole(bytes));

        var beginnings = Enumerable.Range(1, Math.Min(bytes.Length, 3000) - 1).Select(cut => bytes.Length - cut)
            .Where(length => ImageHeader.Read(new MemoryStream(bytes, 0, length)) is not null)
            .Where(length => IsWhole(bytes[..length]))
            .ToList();
        // A box or a marker in a thumbnail may end exactly at the cut, which cannot be detected.
        Assert.InRange(beginnings.Count, 0, name.EndsWith("png", StringComparison.Ordinal) || name.EndsWith("webp", StringComparison.Ordinal) ? 0 : 2);
    }

    [Theory]
    [InlineData("truncated.png")]
    [InlineData("truncated.heic")]
    public void A_cut_image_is_not_whole(string name) => Assert.False(IsWhole(TestImages.Bytes(name)));

    [Theory]
    [InlineData(0xFFFFFFF7)]
    [InlineData(0xFFFFFFF8)]
    [InlineData(0xFFFFFFFF)]
    public void A_WebP_that_names_more_than_it_has_is_not_whole(uint length)
    {
        var bytes = TestImages.Bytes("lossy.webp");
        BitConverter.GetBytes(length).CopyTo(bytes, 4);
        Assert.False(IsWhole(bytes));
    }

    private static bool IsWhole(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        return WholeImage.Is(file, ImageHeader.Read(file)!.Value.Format);
    }
}
