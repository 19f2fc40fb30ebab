using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>An image as text: a cell shows two pixels, one above the other, as U+2580 or U+2584 in two colours.</summary>
/// <remarks>Colours are <c>ESC [ 38 ; 2 ; red ; green ; blue m</c> (ISO 8613-6, as in xterm). If the terminal is known not to support them,
/// the nearest of xterm's 256 colours is used. Transparent pixels keep the terminal's background.</remarks>
internal static class BlockEncoding
{
    private const char Upper = '\u2580';
    private const char Lower = '\u2584';
    private const int Foreground = 38;
    private const int Background = 48;

    /// <summary>Writes an image at the cursor. After each row, the cursor is at the start of the next row.</summary>
    /// <param name="image">The image.</param>
    /// <param name="hasAllColours">Whether the terminal has colours of 24 bits.</param>
    /// <param name="terminal">The writer to the terminal.</param>
    /// <param name="cancellation">Stops writing between two rows.</param>
    public static void Write(Pixmap image, bool hasAllColours, SequenceWriter terminal, CancellationToken cancellation)
    {
        for (var y = 0; y < image.Height; y += 2)
        {
            cancellation.ThrowIfCancellationRequested();
            // Moves the cursor down and to the start of the line. A line feed could scroll.
            terminal.Text(Row(image, y, hasAllColours) + "\e[0m\e[1B\r");
        }
    }

    private static string Row(Pixmap image, int y, bool hasAllColours)
    {
        var text = new StringBuilder();
        int? foreground = null;
        int? background = null;
        for (var x = 0; x < image.Width; x++)
        {
            var (above, below) = (image[x, y], image[x, y + 1]);
            // Transparent pixels show the terminal's background.
            var (front, ground) = above is null ? (below, null) : (above, below);
            if (ground is null && background is not null)
            {
                text.Append("\e[49m");
                background = null;
            }

            Set(text, Foreground, front, ref foreground, hasAllColours);
            Set(text, Background, ground, ref background, hasAllColours);
            text.Append(front is null ? ' ' : above is null ? Lower : Upper);
        }

        return text.ToString();
    }

    private static void Set(StringBuilder text, int kind, int? colour, ref int? current, bool hasAllColours)
    {
        if (colour is { } value && colour != current)
        {
            var name = hasAllColours
                ? string.Format(CultureInfo.InvariantCulture, "2;{0};{1};{2}", value >> 16, (value >> 8) & 0xFF, value & 0xFF)
                : string.Format(CultureInfo.InvariantCulture, "5;{0}", Indexed(value >> 16, (value >> 8) & 0xFF, value & 0xFF));
            text.Append("\e[").Append(kind).Append(';').Append(name).Append('m');
            current = colour;
        }
    }

    // xterm's 256 colours: from 16 on, a cube with six levels for each channel; from 232 on, 24 greys.
    private static int Indexed(int red, int green, int blue)
    {
        var isGrey = Math.Abs(red - green) < 8 && Math.Abs(green - blue) < 8 && red is > 8 and < 238;
        return isGrey ? 232 + ((red - 8) / 10) : 16 + (36 * Level(red)) + (6 * Level(green)) + Level(blue);
    }

    // The levels are 0, 95, 135, 175, 215, 255.
    private static int Level(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}
