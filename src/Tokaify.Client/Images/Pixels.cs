namespace Tokaify;

/// <summary>Converts the numbers of a header into a size.</summary>
internal static class Pixels
{
    /// <summary>Returns the size; null if a side is 0 or too large.</summary>
    public static PixelSize? Size(uint width, uint height) =>
        width is 0 or > int.MaxValue || height is 0 or > int.MaxValue ? null : new PixelSize((int)width, (int)height);
}
