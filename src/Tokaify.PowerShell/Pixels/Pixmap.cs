namespace Tokaify.PowerShell;

/// <summary>A small image in memory.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
/// <param name="rgba">Four bytes for each pixel, row by row.</param>
internal sealed class Pixmap(int width, int height, byte[] rgba)
{
    private const int HalfOpaque = 128;

    /// <summary>Pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Pixels.</summary>
    public int Height { get; } = height;

    /// <summary>The colour of a pixel, as 0xRRGGBB; null where it is more transparent than not, and outside of the image.</summary>
    public int? this[int x, int y]
    {
        get
        {
            var at = 4 * ((y * Width) + x);
            return x < Width && y < Height && rgba[at + 3] >= HalfOpaque ? (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2] : null;
        }
    }
}
