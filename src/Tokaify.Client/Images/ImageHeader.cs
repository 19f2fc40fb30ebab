namespace Tokaify;

/// <summary>What the first bytes of a picture say of it.</summary>
/// <param name="Format">The format, by the bytes alone.</param>
/// <param name="Width">Pixels; 0 where the header does not say.</param>
/// <param name="Height">Pixels; 0 where the header does not say.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>The number of leading bytes that <see cref="DetectFormat"/> looks at, at the most.</summary>
    public const int DetectionLength = 256;

    /// <summary>The format of a picture that starts with these bytes; null for anything else.</summary>
    /// <param name="start">The first <see cref="DetectionLength"/> bytes of the file, or all of a shorter one.</param>
    public static ImageFormat? DetectFormat(ReadOnlySpan<byte> start) => throw new NotImplementedException();

    /// <summary>Reads format, width and height, and no more of the file than they need.</summary>
    /// <param name="file">A readable, seekable stream; its position is not kept.</param>
    /// <returns>Null where the bytes are none of the formats.</returns>
    public static ImageHeader? Read(Stream file) => throw new NotImplementedException();
}
