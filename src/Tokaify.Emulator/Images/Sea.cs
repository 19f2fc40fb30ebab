namespace Tokaify.Emulation;

/// <summary>Water below a straight shore, with reflections of the sun.</summary>
internal sealed class Sea
{
    /// <summary>The number of palette entries for the water from far to near. The reflections have as many after them.</summary>
    public const int Levels = 20;

    private const int GlintsPerWave = 5;

    private readonly int _shore;
    private readonly int _height;
    private readonly int _sunX;
    private readonly double _sunRadius;
    private readonly byte _firstColour;
    private readonly int[] _waves;

    public Sea(PixelSize size, int shore, Sky sky, byte firstColour, Chance chance)
    {
        _shore = shore;
        _height = size.Height;
        _sunX = sky.SunX;
        _sunRadius = sky.DiscRadius;
        _firstColour = firstColour;
        _waves = [.. Enumerable.Range(0, 997).Select(_ => chance.Pick(1000))];
    }

    public static void WriteColours(Mood mood, byte[] palette, int first)
    {
        for (var level = 0; level < Levels; level++)
        {
            var nearness = (double)level / (Levels - 1);
            var water = mood.Horizon.Towards(mood.Zenith, 0.25 + (nearness * 0.75));
            water.WriteTo(palette, first + level);
            water.Towards(mood.Glow, 0.75 - (nearness * 0.3)).WriteTo(palette, first + Levels + level);
        }
    }

    public void PaintRow(int y, Span<byte> row)
    {
        if (y < _shore)
        {
            return;
        }

        var depth = (double)(y - _shore) / (_height - _shore);
        var level = (byte)(_firstColour + (int)(depth * (Levels - 1)));
        row.Fill(level);
        // Near waves are higher.
        var waveHeight = 1 + (int)(depth * _height / 90);
        var wave = (y - _shore) / waveHeight;
        var spread = _sunRadius * (0.9 + (depth * 1.6));
        for (var glint = 0; glint < GlintsPerWave; glint++)
        {
            PaintGlint(row, (byte)(level + Levels), spread, (wave * GlintsPerWave) + glint);
        }
    }

    private void PaintGlint(Span<byte> row, byte colour, double spread, int wave)
    {
        var place = (_waves[wave % _waves.Length] / 500.0) - 1;
        var length = _waves[(wave + 311) % _waves.Length] / 1000.0 * spread * 0.4 * (1 - (place * place));
        var start = Math.Max(0, (int)(_sunX + (place * spread) - (length / 2)));
        var end = Math.Min(row.Length, start + (int)length);
        if (end > start)
        {
            row.Slice(start, end - start).Fill(colour);
        }
    }
}
