namespace Tokaify;

/// <summary>What the first bytes of an image say of it.</summary>
/// <param name="Format">The format, by the bytes alone.</param>
/// <param name="Width">Pixels; 0 where the header does not say.</param>
/// <param name="Height">Pixels; 0 where the header does not say.</param>
/// <remarks>
/// Width and height of a PNG, JPEG or WebP are those of the pixels as stored: an EXIF orientation is not applied. Those of
/// HEIC and HEIF are as displayed, since there the container itself crops and turns the image.
/// </remarks>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>The number of leading bytes that <see cref="DetectFormat"/> looks at, at the most.</summary>
    public const int DetectionLength = 256;

    /// <summary>The format of an image that starts with these bytes; null for anything else.</summary>
    /// <param name="start">The first <see cref="DetectionLength"/> bytes of the file, or all of a shorter one.</param>
    /// <remarks>
    /// AVIF has the container of HEIF but is not taken for it: the relay accepts no AVIF. How HEIC and HEIF are told apart is
    /// described at <see cref="FileTypeBox"/>.
    /// </remarks>
    public static ImageFormat? DetectFormat(ReadOnlySpan<byte> start)
    {
        start = start.Slice(0, Math.Min(start.Length, DetectionLength));
        return PngHeader.Matches(start) ? ImageFormat.Png
            : JpegHeader.Matches(start) ? ImageFormat.Jpeg
            : WebpHeader.Matches(start) ? ImageFormat.Webp
            : FileTypeBox.DetectFormat(start);
    }

    /// <summary>Reads format, width and height, and no more of the file than they need.</summary>
    /// <param name="file">A readable, seekable stream, read from its beginning; its position is not kept.</param>
    /// <returns>
    /// Null where the bytes are none of the formats. Width and height are both 0 where either is missing, as in a file that
    /// was cut short or damaged; no content makes this throw, only the stream's own errors do.
    /// </returns>
    public static ImageHeader? Read(Stream file)
    {
        using var window = new FileWindow(file);
        if (DetectFormat(window.Peek(0)) is not { } format)
        {
            return null;
        }

        var size = format switch
        {
            ImageFormat.Png => PngHeader.ReadSize(window),
            ImageFormat.Jpeg => JpegHeader.ReadSize(window),
            ImageFormat.Webp => WebpHeader.ReadSize(window),
            _ => HeifHeader.ReadSize(window),
        };
        return new ImageHeader(format, size?.Width ?? 0, size?.Height ?? 0);
    }
}
