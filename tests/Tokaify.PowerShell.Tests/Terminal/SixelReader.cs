using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Tokaify.Tests.Terminal;

/// <summary>A reader of Sixel, written from the VT330/VT340 Programmer Reference Manual, chapter 14.</summary>
internal sealed class SixelReader
{
    private static readonly Regex s_step = new(@"\G(?:""1;1;(?<width>\d+);(?<height>\d+)|#(?<define>\d+);2;(?<red>\d+);(?<green>\d+);(?<blue>\d+)"
        + @"|#(?<select>\d+)|!(?<count>\d+)(?<sixel>[?-~])|(?<sixel>[?-~])|(?<move>[$-]))");

    private readonly Dictionary<int, (int Red, int Green, int Blue)> _registers = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int Registers => _registers.Count;

    /// <summary>The colours in percent, by column and row; null if nothing was drawn.</summary>
    public Dictionary<(int X, int Y), (int Red, int Green, int Blue)> Pixels { get; } = [];

    /// <summary>Reads the data between the control sequence's first and last characters.</summary>
    public static SixelReader Read(string text)
    {
        Assert.StartsWith("\eP0;1q", text, StringComparison.Ordinal);
        Assert.EndsWith("\e\\", text, StringComparison.Ordinal);
        var reader = new SixelReader();
        reader.Draw(text["\eP0;1q".Length..^2]);
        return reader;
    }

    private void Draw(string text)
    {
        int x = 0, top = 0, register = 0;
        var at = 0;
        while (at < text.Length)
        {
            var step = s_step.Match(text, at);
            Assert.True(step.Success, $"This is no Sixel: {text.Substring(at, Math.Min(20, text.Length - at))}");
            at += step.Length;
            if (step.Groups["width"].Success)
            {
                (Width, Height) = (Number(step, "width"), Number(step, "height"));
            }
            else if (step.Groups["define"].Success)
            {
                _registers[Number(step, "define")] = (Number(step, "red"), Number(step, "green"), Number(step, "blue"));
            }
            else if (step.Groups["select"].Success)
            {
                register = Number(step, "select");
            }
            else if (step.Groups["move"].Success)
            {
                top += step.Value == "-" ? 6 : 0;
                x = 0;
            }
            else
            {
                for (var left = step.Groups["count"].Success ? Number(step, "count") : 1; left > 0; left--, x++)
                {
                    Column(x, top, step.Groups["sixel"].Value[0] - '?', _registers[register]);
                }
            }
        }
    }

    private void Column(int x, int top, int bits, (int Red, int Green, int Blue) colour)
    {
        for (var row = 0; row < 6; row++)
        {
            if (((bits >> row) & 1) != 0)
            {
                Assert.False(Pixels.ContainsKey((x, top + row)), "A pixel was drawn twice.");
                Pixels.Add((x, top + row), colour);
            }
        }
    }

    private static int Number(Match step, string name) => int.Parse(step.Groups[name].Value, CultureInfo.InvariantCulture);
}
