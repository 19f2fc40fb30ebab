namespace Tokaify.Emulation;

/// <summary>A ridge that covers everything below its line. Mist makes it lighter towards its foot.</summary>
internal sealed class Ridge
{
    /// <summary>The number of palette entries of a ridge.</summary>
    public const int Levels = 12;

    private readonly int[] _line;
    private readonly int _top;
    private readonly int _bottom;
    private readonly int _foot;
    private readonly byte _firstColour;

    /// <param name="line">The upper edge for each column, in rows from the top.</param>
    /// <param name="foot">The row at which the mist is thickest.</param>
    /// <param name="firstColour">The first palette entry of the ridge.</param>
    public Ridge(int[] line, int foot, byte firstColour)
    {
        _line = line;
        _top = line.Min();
        _bottom = line.Max();
        _foot = Math.Max(foot, _top + 1);
        _firstColour = firstColour;
    }

    public void PaintRow(int y, Span<byte> row)
    {
        if (y < _top)
        {
            return;
        }

        var colour = (byte)(_firstColour + Math.Min(Levels - 1, (y - _top) * Levels / (_foot - _top)));
        if (y >= _bottom)
        {
            row.Fill(colour);
            return;
        }

        for (var x = 0; x < row.Length; x++)
        {
            if (_line[x] <= y)
            {
                row[x] = colour;
            }
        }
    }
}
