namespace Tokaify.PowerShell;

/// <summary>Takes an image's pixels as a decoder gets them.</summary>
internal interface IPixelSink
{
    /// <summary>The size, before any pixel.</summary>
    void Begin(int width, int height);

    /// <summary>Pixels of one row, each once in an image. An interlaced image's rows come several times, with gaps.</summary>
    /// <param name="y">The row.</param>
    /// <param name="x">The first pixel's column.</param>
    /// <param name="step">The columns from one pixel to the next.</param>
    /// <param name="rgba">Four bytes for each pixel, the colours not multiplied by alpha.</param>
    void Take(int y, int x, int step, ReadOnlySpan<byte> rgba);
}
