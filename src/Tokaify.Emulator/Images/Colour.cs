namespace Tokaify.Emulation;

/// <summary>A colour with channels from 0 to 1.</summary>
internal readonly record struct Colour(double Red, double Green, double Blue)
{
    /// <param name="rgb">The colour as <c>0xRRGGBB</c>.</param>
    public static Colour Of(int rgb) => new((rgb >> 16) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0);

    /// <param name="other">The other colour.</param>
    /// <param name="share">The share of the other colour: 0 gives this colour, 1 gives the other.</param>
    public Colour Towards(Colour other, double share) => new(
        Red + ((other.Red - Red) * share),
        Green + ((other.Green - Green) * share),
        Blue + ((other.Blue - Blue) * share));

    /// <summary>Rotates the colour about the grey axis (Rodrigues' formula). This shifts the hue and keeps the lightness.</summary>
    public Colour Turned(double radians)
    {
        var cosine = Math.Cos(radians);
        var swing = Math.Sin(radians) / Math.Sqrt(3);
        var grey = (Red + Green + Blue) / 3 * (1 - cosine);
        return new Colour(
            (Red * cosine) + ((Blue - Green) * swing) + grey,
            (Green * cosine) + ((Red - Blue) * swing) + grey,
            (Blue * cosine) + ((Green - Red) * swing) + grey);
    }

    public void WriteTo(byte[] palette, int index)
    {
        palette[index * 3] = ToByte(Red);
        palette[(index * 3) + 1] = ToByte(Green);
        palette[(index * 3) + 2] = ToByte(Blue);
    }

    private static byte ToByte(double part) => (byte)(Math.Max(0, Math.Min(1, part)) * 255);
}
