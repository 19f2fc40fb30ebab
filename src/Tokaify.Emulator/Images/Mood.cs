namespace Tokaify.Emulation;

/// <summary>The colours of a landscape at a time of day.</summary>
internal sealed record Mood(string[] Words, Colour Zenith, Colour Horizon, Colour Glow, Colour Sun, Colour Far, Colour Near)
{
    private static readonly Mood[] s_all =
    [
        new(["sunset", "dusk", "evening", "twilight", "autumn", "warm", "golden"],
            Colour.Of(0x2B2350), Colour.Of(0xF2805A), Colour.Of(0xFFD58A), Colour.Of(0xFFF3D0), Colour.Of(0xA4506B), Colour.Of(0x1E1430)),
        new(["night", "moon", "star", "midnight", "dark", "neon", "winter"],
            Colour.Of(0x060B24), Colour.Of(0x34507E), Colour.Of(0x9DB7D9), Colour.Of(0xF4F3E6), Colour.Of(0x28456E), Colour.Of(0x050A18)),
        new(["dawn", "sunrise", "morning", "spring", "pastel", "soft"],
            Colour.Of(0x7C95C9), Colour.Of(0xF6C6B8), Colour.Of(0xFFEFD6), Colour.Of(0xFFFBF0), Colour.Of(0x9C93B8), Colour.Of(0x33405F)),
        new(["day", "noon", "summer", "bright", "sunny", "blue"],
            Colour.Of(0x2F7FC8), Colour.Of(0xBFE3EE), Colour.Of(0xFDFBE6), Colour.Of(0xFFFFFA), Colour.Of(0x7FA9B5), Colour.Of(0x1F4A45)),
    ];

    /// <summary>Whether stars are visible.</summary>
    public bool IsDark => Zenith.Red + Zenith.Green + Zenith.Blue < 0.8;

    /// <summary>Returns the time of day that the prompt names, else a random one. The hues are shifted a little, so that images
    /// differ.</summary>
    /// <param name="prompt">The words of the prompt.</param>
    /// <param name="chance">The random numbers for everything that the prompt does not determine.</param>
    public static Mood Choose(HashSet<string> prompt, Chance chance)
    {
        var byChance = s_all[chance.Pick(s_all.Length)];
        var mood = s_all.FirstOrDefault(mood => prompt.Overlaps(mood.Words)) ?? byChance;
        var turn = chance.Between(-0.22, 0.22);
        return mood with
        {
            Zenith = mood.Zenith.Turned(turn),
            Horizon = mood.Horizon.Turned(turn * 0.7),
            Glow = mood.Glow.Turned(turn * 0.4),
            Far = mood.Far.Turned(turn),
            Near = mood.Near.Turned(turn * 1.5),
        };
    }
}
