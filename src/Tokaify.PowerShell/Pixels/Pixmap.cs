namespace Tokaify.PowerShell;

/// <summary>A small image in memory.</summary>
/// <param name="width">The width in pixels.</param>
/// <param name="height">The height in pixels.</param>
/// <param name="rgba">Four bytes for each pixel, row by row.</param>
internal sealed class Pixmap(int width, int height, byte[] rgba)
{
    private const int HalfOpaque = 128;

    /// <summary>The width in pixels.</summary>
    public int Width { get; } = width;

    /// <summary>The height in pixels.</summary>
    public int Height { get; } = height;

    /// <summary>The colour of a pixel, as 0xRRGGBB; null if it is more than half transparent, or outside of the image.</summary>
    public int? this[int x, int y]
    {
        get
        {
            var at = 4 * ((y * Width) + x);
            return x < Width && y < Height && rgba[at + 3] >= HalfOpaque ? (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2] : null;
        }
    }
}
