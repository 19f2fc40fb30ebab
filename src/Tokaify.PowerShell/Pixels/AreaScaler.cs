namespace Tokaify.PowerShell;

/// <summary>Scales an image while it is decoded: each pixel of the result is the average of its area of the source.</summary>
/// <remarks>Memory use depends only on the result's size. Each pixel is added to its area, so the order of the pixels does not matter
/// (interlaced images).</remarks>
/// <param name="size">Returns the result's size for the image's size.</param>
internal sealed class AreaScaler(Func<PixelSize, PixelSize> size) : IPixelSink
{
    private const int Channels = 4;

    private PixelSize _size;
    private double _scaleX;
    private double _scaleY;

    // Sums of the pixels, with colours multiplied by alpha: of a row, and of the result.
    private float[] _line = [];
    private float[] _sums = [];

    /// <inheritdoc/>
    public void Begin(int width, int height)
    {
        _size = size(new PixelSize(width, height));
        _scaleX = (double)_size.Width / width;
        _scaleY = (double)_size.Height / height;
        _line = new float[Channels * _size.Width];
        _sums = new float[_line.Length * _size.Height];
    }

    /// <inheritdoc/>
    public void Take(int y, int x, int step, ReadOnlySpan<byte> rgba)
    {
        Array.Clear(_line, 0, _line.Length);
        for (var at = 0; at < rgba.Length; at += Channels, x += step)
        {
            AddPixel(x, rgba.Slice(at, Channels));
        }

        var end = (y + 1) * _scaleY;
        for (var row = (int)(y * _scaleY); row < end && row < _size.Height; row++)
        {
            AddLine(row, Overlap(row, y * _scaleY, end));
        }
    }

    /// <summary>The result. Call it when the image is decoded.</summary>
    public Pixmap ToPixmap()
    {
        var rgba = new byte[_sums.Length];
        for (var at = 0; at < rgba.Length; at += Channels)
        {
            var alpha = _sums[at + 3];
            for (var channel = 0; channel < 3; channel++)
            {
                rgba[at + channel] = alpha > 0 ? ToByte(255f * _sums[at + channel] / alpha) : byte.MinValue;
            }

            rgba[at + 3] = ToByte(alpha);
        }

        return new Pixmap(_size.Width, _size.Height, rgba);
    }

    private void AddPixel(int x, ReadOnlySpan<byte> pixel)
    {
        var start = x * _scaleX;
        var end = start + _scaleX;
        for (var column = (int)start; column < end && column < _size.Width; column++)
        {
            var alpha = pixel[3] / 255f * Overlap(column, start, end);
            var sums = _line.AsSpan(Channels * column, Channels);
            sums[0] += pixel[0] * alpha;
            sums[1] += pixel[1] * alpha;
            sums[2] += pixel[2] * alpha;
            sums[3] += 255f * alpha;
        }
    }

    private void AddLine(int row, float weight)
    {
        var sums = _sums.AsSpan(row * _line.Length, _line.Length);
        for (var at = 0; at < sums.Length; at++)
        {
            sums[at] += _line[at] * weight;
        }
    }

    private static float Overlap(int cell, double start, double end) => (float)(Math.Min(cell + 1, end) - Math.Max(cell, start));

    private static byte ToByte(float value) => (byte)Math.Max(0, Math.Min(255, Math.Round(value)));
}
