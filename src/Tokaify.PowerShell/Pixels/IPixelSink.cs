namespace Tokaify.PowerShell;

/// <summary>Receives an image's pixels from a decoder.</summary>
internal interface IPixelSink
{
    /// <summary>Receives the size, before the first pixel.</summary>
    void Begin(int width, int height);

    /// <summary>Receives pixels of one row. Each pixel is passed once. The rows of an interlaced image are passed several times, with
    /// gaps.</summary>
    /// <param name="y">The row.</param>
    /// <param name="x">The first pixel's column.</param>
    /// <param name="step">The number of columns from one pixel to the next.</param>
    /// <param name="rgba">Four bytes for each pixel, the colours not multiplied by alpha.</param>
    void Take(int y, int x, int step, ReadOnlySpan<byte> rgba);
}
