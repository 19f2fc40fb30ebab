using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>The responses of a terminal to queries about itself.</summary>
/// <param name="HasSixel">Whether it draws Sixel.</param>
/// <param name="Colours">The number of colours of an image in Sixel.</param>
/// <param name="Cell">The size of a cell in pixels; null if the terminal does not report it.</param>
internal sealed record TerminalResponses(bool HasSixel, int Colours, PixelSize? Cell)
{
    /// <summary>The queries: the size of a cell (XTWINOPS 16), the number of Sixel's colours (XTSMGRAPHICS), and last the device attributes
    /// (DA1), to which every terminal responds: <see href="https://invisible-island.net/xterm/ctlseqs/ctlseqs.html"/>.</summary>
    public const string Questions = "\e[16t\e[?1;1;0S\e[c";

    // The VT340 has 16 colours. Terminals that do not report a number are newer, and have 256.
    private const int FewestColours = 2;
    private const int UsualColours = 256;

    /// <summary>The responses of a terminal that has not responded.</summary>
    public static TerminalResponses None { get; } = new(false, UsualColours, null);

    /// <summary>Whether the text contains the last response.</summary>
    public static bool IsComplete(string text) => Attributes(text).Success;

    /// <summary>Reads the responses.</summary>
    /// <param name="text">The text from the terminal, complete or not.</param>
    public static TerminalResponses Read(string text)
    {
        const string Sixel = "4";
        var attributes = Attributes(text).Groups[1].Value.Split(';');
        var colours = Regex.Match(text, @"\[\?1;0;(\d{1,9})S");
        var cell = Regex.Match(text, @"\[6;(\d{1,4});(\d{1,4})t");
        var size = new PixelSize(Number(cell.Groups[2]), Number(cell.Groups[1]));
        return new(
            // The first attribute is the terminal's level.
            attributes.Skip(1).Contains(Sixel),
            colours.Success ? Math.Max(FewestColours, Math.Min(UsualColours, Number(colours.Groups[1]))) : UsualColours,
            size is { Width: > 0, Height: > 0 } ? size : null);
    }

    private static Match Attributes(string text) => Regex.Match(text, @"\[\?([\d;]*)c");

    private static int Number(Group group) => int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
