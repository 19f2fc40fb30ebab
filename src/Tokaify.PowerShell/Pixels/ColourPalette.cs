namespace Tokaify.PowerShell;

/// <summary>Reduces the colours of an image to a palette, by median cut.</summary>
/// <remarks>Colours are counted in cells of five bits a channel. The algorithm begins with one box of all cells. It repeatedly selects the
/// box with the largest product of pixels and longest side, and cuts it at the median of its pixels, until there are enough boxes. The
/// colour of a box is the average of its pixels.</remarks>
internal sealed class ColourPalette
{
    private const int Bits = 5;
    private const int Cells = 1 << (3 * Bits);

    private readonly long[] _counts = new long[Cells];
    private readonly long[][] _sums = [new long[Cells], new long[Cells], new long[Cells]];

    // The index of the nearest colour for each cell, or -1 if it was not searched yet.
    private readonly short[] _nearest = new short[Cells];

    /// <summary>Creates the palette of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="most">The maximum number of colours.</param>
    public ColourPalette(Pixmap image, int most)
    {
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                Count(image[x, y]);
            }
        }

        Colours = [.. Cut(most).Select(Average)];
#if NET
        Array.Fill(_nearest, (short)-1);
#else
        for (var cell = 0; cell < Cells; cell++)
        {
            _nearest[cell] = -1;
        }
#endif
    }

    /// <summary>The colours, each channel in percent, as in Sixel.</summary>
    public IReadOnlyList<(int Red, int Green, int Blue)> Colours { get; }

    /// <summary>The index of the nearest colour.</summary>
    public int IndexOf(int red, int green, int blue)
    {
        var cell = CellOf(red, green, blue);
        if (_nearest[cell] < 0)
        {
            _nearest[cell] = (short)Search(red, green, blue);
        }

        return _nearest[cell];
    }

    private void Count(int? colour)
    {
        if (colour is not { } value)
        {
            return;
        }

        var (red, green, blue) = (value >> 16, (value >> 8) & 0xFF, value & 0xFF);
        var cell = CellOf(red, green, blue);
        _counts[cell]++;
        _sums[0][cell] += red;
        _sums[1][cell] += green;
        _sums[2][cell] += blue;
    }

    private List<int[]> Cut(int most)
    {
        var boxes = new List<int[]>();
        var all = Enumerable.Range(0, Cells).Where(cell => _counts[cell] > 0).ToArray();
        if (all.Length > 0)
        {
            boxes.Add(all);
        }

        var weights = boxes.ConvertAll(Weight);
        while (boxes.Count > 0 && boxes.Count < most)
        {
            var at = weights.IndexOf(weights.Max());
            if (boxes[at].Length < 2)
            {
                break;
            }

            var (lower, upper) = Halve(boxes[at]);
            (boxes[at], weights[at]) = (lower, Weight(lower));
            boxes.Add(upper);
            weights.Add(Weight(upper));
        }

        return boxes;
    }

    // A box of one cell cannot be cut.
    private long Weight(int[] box) => box.Length < 2 ? 0 : box.Sum(cell => _counts[cell]) * LongestSide(box).Length;

    private static (int Channel, int Length) LongestSide(int[] box) => Enumerable.Range(0, 3)
        .Select(channel => (channel, box.Max(cell => Coordinate(cell, channel)) - box.Min(cell => Coordinate(cell, channel))))
        .OrderByDescending(side => side.Item2)
        .First();

    private (int[] Lower, int[] Upper) Halve(int[] box)
    {
        var channel = LongestSide(box).Channel;
        var sorted = box.OrderBy(cell => Coordinate(cell, channel)).ToArray();
        var half = sorted.Sum(cell => _counts[cell]) / 2;
        var at = 0;
        for (long seen = 0; at < sorted.Length - 1 && seen + _counts[sorted[at]] <= half; at++)
        {
            seen += _counts[sorted[at]];
        }

        // Each half has at least one cell.
        at = Math.Max(1, at);
        return (sorted.Take(at).ToArray(), sorted.Skip(at).ToArray());
    }

    private (int Red, int Green, int Blue) Average(int[] box)
    {
        var count = box.Sum(cell => _counts[cell]);
        int Percent(int channel) => (int)Math.Round(box.Sum(cell => _sums[channel][cell]) / (double)count / 2.55);
        return (Percent(0), Percent(1), Percent(2));
    }

    private int Search(int red, int green, int blue)
    {
        var best = 0;
        var least = double.MaxValue;
        for (var index = 0; index < Colours.Count; index++)
        {
            var colour = Colours[index];
            var distance = Square(red - (colour.Red * 2.55)) + Square(green - (colour.Green * 2.55)) + Square(blue - (colour.Blue * 2.55));
            if (distance < least)
            {
                (best, least) = (index, distance);
            }
        }

        return best;
    }

    private static double Square(double value) => value * value;

    private static int CellOf(int red, int green, int blue) => ((red >> 3) << (2 * Bits)) | ((green >> 3) << Bits) | (blue >> 3);

    private static int Coordinate(int cell, int channel) => (cell >> ((2 - channel) * Bits)) & ((1 << Bits) - 1);
}
