namespace Tokaify.Emulation;

/// <summary>The sky: a gradient that is brighter around the sun, the sun's disc, and stars if it is dark.</summary>
internal sealed class Sky
{
    /// <summary>The number of palette entries of the gradient, from the zenith over the horizon to the light around the sun.</summary>
    public const int Levels = 150;

    /// <summary>The palette entries of the disc, and of faint and bright stars.</summary>
    public const byte Disc = 150, FaintStar = 151, BrightStar = 152;

    private const int HorizonLevel = 104;
    private const int GlowSteps = 2048;
    private const int UnitsPerLevel = 256;

    private readonly int _horizon;
    private readonly double _glowRadius;
    private readonly double _discRadius;
    private readonly int _sunY;
    private readonly int[] _glow = new int[GlowSteps + 1];
    private readonly ILookup<int, Star> _stars;

    public Sky(PixelSize size, int horizon, Mood mood, Chance chance)
    {
        _horizon = horizon;
        var shortSide = Math.Min(size.Width, size.Height);
        var diagonalMean = Math.Sqrt((double)size.Width * size.Height);
        _discRadius = shortSide * chance.Between(0.05, 0.085);
        _glowRadius = diagonalMean * chance.Between(0.55, 0.8);
        SunX = (int)(size.Width * chance.Between(0.22, 0.78));
        _sunY = (int)(horizon * chance.Between(0.42, 0.86));
        for (var step = 0; step < GlowSteps; step++)
        {
            var distance = Math.Sqrt((double)step / GlowSteps);
            _glow[step] = (int)(UnitsPerLevel * (Levels - 1) * 0.55 * Math.Pow(1 - distance, 2.2));
        }

        _stars = ScatterStars(size, horizon, mood.IsDark, chance).ToLookup(star => star.Y);
    }

    public int SunX { get; }

    /// <summary>The radius of the sun in pixels.</summary>
    public double DiscRadius => _discRadius;

    public static void WriteColours(Mood mood, byte[] palette)
    {
        for (var level = 0; level < Levels; level++)
        {
            var colour = level <= HorizonLevel
                ? mood.Zenith.Towards(mood.Horizon, (double)level / HorizonLevel)
                : mood.Horizon.Towards(mood.Glow, (double)(level - HorizonLevel) / (Levels - 1 - HorizonLevel));
            colour.WriteTo(palette, level);
        }

        mood.Sun.WriteTo(palette, Disc);
        mood.Zenith.Towards(mood.Sun, 0.45).WriteTo(palette, FaintStar);
        mood.Zenith.Towards(mood.Sun, 0.9).WriteTo(palette, BrightStar);
    }

    public void PaintRow(int y, Span<byte> row)
    {
        var height = Math.Min(1f, (float)y / _horizon);
        var ground = HorizonLevel * height * height * (1.6f - (0.6f * height));
        PaintLight(y, row, ground);
        // Stars are not visible where the sun's light is strong.
        foreach (var star in _stars[y])
        {
            if (row[star.X] < HorizonLevel / 2)
            {
                row[star.X] = star.Colour;
            }
        }
    }

    // This loop runs for every pixel, so it uses integers and a table of the light by the squared distance.
    private void PaintLight(int y, Span<byte> row, float ground)
    {
        var groundUnits = (int)(ground * UnitsPerLevel);
        var down = y - _sunY;
        var stepsPerSquare = (float)(GlowSteps / (_glowRadius * _glowRadius));
        var discSquared = (int)(_discRadius * _discRadius);
        for (var x = 0; x < row.Length; x++)
        {
            var squared = ((x - SunX) * (x - SunX)) + (down * down);
            var step = Math.Min(GlowSteps, (int)(squared * stepsPerSquare));
            var level = Math.Min(Levels - 1, (groundUnits + _glow[step]) / UnitsPerLevel);
            row[x] = squared <= discSquared ? Disc : (byte)level;
        }
    }

    private static IEnumerable<Star> ScatterStars(PixelSize size, int horizon, bool isDark, Chance chance)
    {
        const int PixelsPerStar = 2600;
        var count = isDark ? size.Width * horizon / PixelsPerStar : 0;
        for (var index = 0; index < count; index++)
        {
            // The product of two random numbers puts more stars near the top.
            var y = (int)(horizon * chance.Next() * chance.Next());
            var x = chance.Pick(size.Width);
            yield return new Star(x, y, chance.Next() < 0.3 ? BrightStar : FaintStar);
        }
    }

    private readonly record struct Star(int X, int Y, byte Colour);
}
