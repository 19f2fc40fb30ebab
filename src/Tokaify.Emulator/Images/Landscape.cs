using System.Text.RegularExpressions;

namespace Tokaify.Emulation;

/// <summary>A generated landscape: sky and sun, hills or a sea, and trees in front. Each seed gives another one.</summary>
internal sealed class Landscape
{
    private const int FirstRidgeColour = 153;
    private const int RidgeCount = 5;
    private const int FirstSeaColour = FirstRidgeColour + (RidgeCount * Ridge.Levels);
    private const int ColourCount = FirstSeaColour + (2 * Sea.Levels);

    private static readonly string[] s_seaWords = ["sea", "seaside", "ocean", "beach", "coast", "lake", "water", "harbour", "harbor"];

    private readonly PixelSize _size;
    private readonly Chance _chance;
    private readonly Sky _sky;
    private readonly List<RowPainter> _layers = [];

    /// <param name="size">The size in pixels.</param>
    /// <param name="seed">At least 8 bytes. It determines everything that the prompt does not.</param>
    /// <param name="prompt">The prompt. Its words may select a time of day, or the sea.</param>
    public Landscape(PixelSize size, byte[] seed, string prompt)
    {
        _size = size;
        _chance = new Chance(seed);
        var words = new HashSet<string>(Regex.Split(prompt, @"\W+"), StringComparer.OrdinalIgnoreCase);
        var mood = Mood.Choose(words, _chance);
        var bySea = _chance.Next() < 0.35 || words.Overlaps(s_seaWords);
        var horizon = (int)(size.Height * _chance.Between(0.58, 0.68));
        _sky = new Sky(size, horizon, mood, _chance);
        _layers.Add(_sky.PaintRow);
        AddGround(bySea, horizon);
        Palette = MakePalette(mood);
    }

    /// <summary>The red, green and blue bytes of each colour.</summary>
    public byte[] Palette { get; }

    public void PaintRow(int y, Span<byte> row)
    {
        foreach (var layer in _layers)
        {
            layer(y, row);
        }
    }

    private static byte[] MakePalette(Mood mood)
    {
        var palette = new byte[ColourCount * 3];
        Sky.WriteColours(mood, palette);
        for (var ridge = 0; ridge < RidgeCount; ridge++)
        {
            var crest = mood.Far.Towards(mood.Near, (double)ridge / (RidgeCount - 1));
            var mist = crest.Towards(mood.Horizon, 0.55 - (ridge * 0.11));
            for (var level = 0; level < Ridge.Levels; level++)
            {
                crest.Towards(mist, (double)level / Ridge.Levels).WriteTo(palette, FirstRidgeColour + (ridge * Ridge.Levels) + level);
            }
        }

        Sea.WriteColours(mood, palette, FirstSeaColour);
        return palette;
    }

    private void AddGround(bool bySea, int horizon)
    {
        AddRidge(0, horizon - (_size.Height * 0.05), roughness: 1.2, foot: horizon);
        AddRidge(1, horizon - (_size.Height * 0.005), roughness: 0.7, foot: horizon + (_size.Height / 10));
        if (bySea)
        {
            var shore = horizon + (int)(_size.Height * 0.035);
            _layers.Add(new Sea(_size, shore, _sky, FirstSeaColour, _chance).PaintRow);
        }
        else
        {
            AddRidge(2, horizon + (_size.Height * 0.08), roughness: 0.75, foot: horizon + (_size.Height / 4));
            AddRidge(3, horizon + (_size.Height * 0.18), roughness: 0.7, foot: _size.Height);
        }

        AddRidge(4, _size.Height * (bySea ? 0.93 : 0.9), roughness: 0.55, foot: _size.Height, withTrees: true);
    }

    private void AddRidge(int index, double height, double roughness, int foot, bool withTrees = false)
    {
        var line = DrawLine(height, roughness);
        if (withTrees)
        {
            PlantTrees(line);
        }

        _layers.Add(new Ridge(line, foot, (byte)(FirstRidgeColour + (index * Ridge.Levels))).PaintRow);
    }

    // Adds waves of five lengths, each shorter and lower than the previous one. The lengths depend on the image's mean side, so that a wide
    // image has more hills, not longer ones.
    private int[] DrawLine(double height, double roughness)
    {
        var unit = Math.Sqrt((double)_size.Width * _size.Height);
        var line = new double[_size.Width];
        var amplitude = Math.Min(unit, _size.Height) * 0.055 * roughness;
        var frequency = _chance.Between(4, 7);
        for (var octave = 0; octave < 5; octave++)
        {
            var phase = _chance.Between(0, 2 * Math.PI);
            for (var x = 0; x < line.Length; x++)
            {
                // The inner wave shifts the outer one, so that crests are not at equal distances.
                var place = (x / unit * frequency) + phase;
                line[x] += amplitude * Math.Sin(place + (0.6 * Math.Sin((place * 0.37) + phase)));
            }

            amplitude *= 0.45;
            frequency *= 2.1;
        }

        return [.. line.Select(offset => (int)(height + offset))];
    }

    private void PlantTrees(int[] line)
    {
        var unit = Math.Min(_size.Width, _size.Height);
        var ground = (int[])line.Clone();
        for (var x = 0.0; x < line.Length; x += unit * _chance.Between(0.006, 0.05))
        {
            DrawTree(line, ground, (int)x, unit * _chance.Between(0.03, 0.09));
        }
    }

    // A spruce: narrow, with steps for the branches.
    private static void DrawTree(int[] line, int[] ground, int middle, double height)
    {
        var halfWidth = height * 0.2;
        for (var x = Math.Max(0, (int)(middle - halfWidth)); x < Math.Min(line.Length, middle + halfWidth); x++)
        {
            var outward = Math.Abs(x - middle) / halfWidth;
            var step = outward * 5 % 1 * 0.09;
            var top = ground[middle] - (int)(height * Math.Max(0, 1 - outward + step));
            line[x] = Math.Min(line[x], top);
        }
    }
}
