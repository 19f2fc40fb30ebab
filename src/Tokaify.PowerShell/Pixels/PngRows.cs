namespace Tokaify.PowerShell;

/// <summary>Reads the rows of a PNG image: reverses the filter of each row, and converts its samples to pixels (PNG Specification, Third
/// Edition, 9).</summary>
/// <param name="data">The image's data, decompressed.</param>
/// <param name="chunks">The chunks that the data comes from.</param>
/// <param name="format">The format of the samples.</param>
/// <param name="width">The width in pixels.</param>
internal sealed class PngRows(Stream data, PngChunks chunks, PngPixelFormat format, int width)
{
    // Each row buffer begins with one zero pixel, because the filters use the pixel on the left.
    private readonly int _pixelLength = format.BytesPerPixel;
    private byte[] _row = [];
    private byte[] _above = [];
    private byte[] _pixels = [];
    private int _count;

    /// <summary>Begins a pass.</summary>
    /// <param name="x">Its first column.</param>
    /// <param name="step">The number of columns from one pixel to the next.</param>
    /// <returns>False if the pass has no pixels, and so no rows.</returns>
    public bool Begin(int x, int step)
    {
        _count = (width - x + step - 1) / step;
        var length = _pixelLength + format.RowLength(Math.Max(_count, 0));
        _row = new byte[length];
        _above = new byte[length];
        _pixels = new byte[4 * Math.Max(_count, 0)];
        return _count > 0;
    }

    /// <summary>Reads a row. Returns four bytes for each pixel.</summary>
    public ReadOnlySpan<byte> Read()
    {
        (_row, _above) = (_above, _row);
        Unfilter(Decompress());
        format.ToPixels(_row.AsSpan(_pixelLength), _pixels);
        return _pixels;
    }

    /// <summary>Decompresses a row into the buffer.</summary>
    /// <returns>Its filter.</returns>
    private int Decompress()
    {
        try
        {
            var filter = data.ReadByte();
            var filled = SequenceWriter.Fill(data, _row, _row.Length - _pixelLength, _pixelLength);
            PngDecoder.Require(filter >= 0 && filled == _row.Length - _pixelLength, "it has too few pixels");
            return filter;
        }
        catch (IOException exception) when (!chunks.FileFailed)
        {
            // Mono's DeflateStream throws this type for damaged data. .NET and .NET Framework throw InvalidDataException.
            throw new InvalidDataException("The PNG file is damaged: its data cannot be read.", exception);
        }
    }

    private void Unfilter(int filter)
    {
        var row = _row;
        var above = _above;
        var back = _pixelLength;
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var at = back; at < row.Length; at++)
                {
                    row[at] += row[at - back];
                }

                break;
            case 2:
                for (var at = back; at < row.Length; at++)
                {
                    row[at] += above[at];
                }

                break;
            case 3:
                for (var at = back; at < row.Length; at++)
                {
                    row[at] += (byte)((row[at - back] + above[at]) / 2);
                }

                break;
            case 4:
                for (var at = back; at < row.Length; at++)
                {
                    row[at] += Paeth(row[at - back], above[at], above[at - back]);
                }

                break;
            default:
                PngDecoder.Require(false, "a row's filter is not known");
                break;
        }
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        var estimate = left + above - corner;
        var toLeft = Math.Abs(estimate - left);
        var toAbove = Math.Abs(estimate - above);
        var toCorner = Math.Abs(estimate - corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
