using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests.Pixels;

public class AreaScalerTests
{
    [Fact]
    public void Averages_the_area_of_each_pixel()
    {
        var scaled = Scaled(4, 2, 2, 1, Grey(0, 100, 10, 10, 100, 200, 10, 10));
        Assert.Equal([0x646464, 0x0A0A0A], Colours(scaled));
    }

    [Fact]
    public void Shares_a_pixel_between_the_areas_that_it_lies_in()
    {
        // Three into two: the one in the middle counts half for each.
        var scaled = Scaled(3, 1, 2, 1, Grey(0, 90, 240));
        Assert.Equal([0x1E1E1E, 0xBEBEBE], Colours(scaled));
    }

    [Fact]
    public void Repeats_pixels_if_the_result_is_larger()
    {
        var scaled = Scaled(2, 1, 4, 2, Grey(10, 20));
        Assert.Equal([0x0A0A0A, 0x0A0A0A, 0x141414, 0x141414, 0x0A0A0A, 0x0A0A0A, 0x141414, 0x141414], Colours(scaled));
    }

    [Fact]
    public void Ignores_the_colour_of_transparent_pixels()
    {
        byte[] pixels = [200, 0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0];
        Assert.Null(Scaled(4, 1, 1, 1, pixels)[0, 0]);
        Assert.Equal(0xC80000, Scaled(2, 1, 1, 1, [.. pixels.Take(8)])[0, 0]);
    }

    [Fact]
    public void Scales_an_interlaced_image_in_the_same_way()
    {
        var straight = new PngMaker(2, 8, 33, 17);
        var interlaced = new PngMaker(2, 8, 33, 17, isInterlaced: true);
        var colours = new[] { straight, interlaced }.Select(maker =>
        {
            var scaler = new AreaScaler(_ => new PixelSize(7, 5));
            PngDecoder.Decode(new MemoryStream(maker.Make()), scaler, default);
            return Colours(scaler.ToPixmap());
        }).ToList();
        Assert.Equal(straight.Pixels, interlaced.Pixels);
        Assert.Equal(colours[0], colours[1]);
    }

    private static byte[] Grey(params byte[] shades) => [.. shades.SelectMany(shade => new[] { shade, shade, shade, byte.MaxValue })];

    private static IEnumerable<int?> Colours(Pixmap image) =>
        from y in Enumerable.Range(0, image.Height) from x in Enumerable.Range(0, image.Width) select image[x, y];

    private static Pixmap Scaled(int width, int height, int newWidth, int newHeight, byte[] pixels)
    {
        var scaler = new AreaScaler(_ => new PixelSize(newWidth, newHeight));
        scaler.Begin(width, height);
        for (var y = 0; y < height; y++)
        {
            scaler.Take(y, 0, 1, pixels.AsSpan(4 * width * y, 4 * width));
        }

        return scaler.ToPixmap();
    }
}
