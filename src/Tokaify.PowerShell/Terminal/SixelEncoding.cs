using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>An image as Sixel (<see href="https://vt100.net/docs/vt3xx-gp/chapter14.html"/>).</summary>
/// <remarks>
/// <code>
/// ESC P 0 ; 1 q " 1 ; 1 ; width ; height   # index ; 2 ; red ; green ; blue …   # index sixels $ …  -  …   ESC \
/// </code>
/// A sixel is a column of six pixels of one colour. A band of six rows is drawn colour by colour. <c>$</c> moves to the start of the band,
/// <c>-</c> to the next band, <c>!n</c> repeats a sixel. <c>1</c> in the second place makes pixels transparent that are not drawn. The
/// error of the nearest palette colour is spread over the neighbouring pixels (Floyd-Steinberg).
/// </remarks>
internal sealed class SixelEncoding
{
    private const int BandHeight = 6;
    private const char NoPixels = '?';

    private readonly Pixmap _image;
    private readonly ColourPalette _palette;
    private readonly byte[][] _band;
    private readonly bool[] _isUsed;

    // The dithering error for this row and the next, channel by channel, with one extra pixel at each end.
    private float[] _left;
    private float[] _below;

    private SixelEncoding(Pixmap image, int colours)
    {
        _image = image;
        _palette = new ColourPalette(image, colours);
        _isUsed = new bool[_palette.Colours.Count];
        _band = [.. _palette.Colours.Select(_ => new byte[image.Width])];
        _left = new float[3 * (image.Width + 2)];
        _below = new float[3 * (image.Width + 2)];
    }

    /// <summary>Writes an image. If it is cancelled, the sequence is ended first.</summary>
    /// <param name="image">The image.</param>
    /// <param name="colours">The maximum number of colours of the terminal.</param>
    /// <param name="terminal">The writer to the terminal.</param>
    /// <param name="cancellation">Stops writing between two bands.</param>
    public static void Write(Pixmap image, int colours, SequenceWriter terminal, CancellationToken cancellation)
    {
        var encoding = new SixelEncoding(image, colours);
        terminal.Text(Format("\eP0;1q\"1;1;{0};{1}", image.Width, image.Height));
        try
        {
            terminal.Text(encoding.Registers());
            for (var top = 0; top < image.Height; top += BandHeight)
            {
                cancellation.ThrowIfCancellationRequested();
                terminal.Text(encoding.Band(top));
            }
        }
        finally
        {
            // A terminal that waits for the end of a sequence shows nothing else.
            terminal.Text("\e\\");
        }
    }

    private string Registers() => string.Concat(_palette.Colours.Select(
        (colour, index) => Format("#{0};2;{1};{2};{3}", index, colour.Red, colour.Green, colour.Blue)));

    private string Band(int top)
    {
        for (var row = 0; row < BandHeight && top + row < _image.Height; row++)
        {
            DrawRow(top + row, (byte)(1 << row));
        }

        var text = new StringBuilder();
        for (var index = 0; index < _band.Length; index++)
        {
            if (_isUsed[index])
            {
                text.Append(text.Length > 0 ? "$" : "").Append('#').Append(index.ToString(CultureInfo.InvariantCulture));
                Append(text, _band[index]);
                Array.Clear(_band[index], 0, _band[index].Length);
                _isUsed[index] = false;
            }
        }

        return text.Append('-').ToString();
    }

    private void DrawRow(int y, byte bit)
    {
        (_left, _below) = (_below, _left);
        Array.Clear(_below, 0, _below.Length);
        for (var x = 0; x < _image.Width; x++)
        {
            if (_image[x, y] is { } colour)
            {
                var index = Choose(x, colour);
                _band[index][x] |= bit;
                _isUsed[index] = true;
            }
        }
    }

    private int Choose(int x, int colour)
    {
        var at = 3 * (x + 1);
        var red = Corrected(colour >> 16, at);
        var green = Corrected((colour >> 8) & 0xFF, at + 1);
        var blue = Corrected(colour & 0xFF, at + 2);
        var index = _palette.IndexOf((int)red, (int)green, (int)blue);
        var chosen = _palette.Colours[index];
        Spread(red - (chosen.Red * 2.55f), at);
        Spread(green - (chosen.Green * 2.55f), at + 1);
        Spread(blue - (chosen.Blue * 2.55f), at + 2);
        return index;
    }

    private float Corrected(int value, int at) => Math.Max(0, Math.Min(255, value + _left[at]));

    private void Spread(float error, int at)
    {
        _left[at + 3] += error * 7 / 16;
        _below[at - 3] += error * 3 / 16;
        _below[at] += error * 5 / 16;
        _below[at + 3] += error / 16;
    }

    private static void Append(StringBuilder text, byte[] sixels)
    {
        var end = sixels.Length;
        while (end > 0 && sixels[end - 1] == 0)
        {
            end--;
        }

        for (int start = 0, next; start < end; start = next)
        {
            for (next = start + 1; next < end && sixels[next] == sixels[start]; next++)
            {
            }

            var sixel = (char)(NoPixels + sixels[start]);
            var count = next - start;
            // A repeat of three sixels is not shorter than the sixels themselves.
            _ = count > 3 ? text.Append(Format("!{0}", count)).Append(sixel) : text.Append(sixel, count);
        }
    }

    private static string Format(string format, params object[] values) => string.Format(CultureInfo.InvariantCulture, format, values);
}
