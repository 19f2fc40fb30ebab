namespace Tokaify;

/// <summary>The properties of an image that its first bytes contain.</summary>
/// <param name="Format">The format, by the bytes alone.</param>
/// <param name="Width">Pixels; 0 if the header does not say.</param>
/// <param name="Height">Pixels; 0 if the header does not say.</param>
/// <remarks>
/// Width and height of a PNG, JPEG or WebP are those of the stored pixels: the EXIF orientation is not applied. Those of HEIC and HEIF are
/// as displayed, because the container itself crops and rotates the image.
/// </remarks>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>The greatest number of leading bytes that <see cref="DetectFormat"/> uses.</summary>
    public const int DetectionLength = 256;

    /// <summary>Returns the format of an image that starts with these bytes; null if it is not a known format.</summary>
    /// <param name="start">The first <see cref="DetectionLength"/> bytes of the file, or the whole file if it is shorter.</param>
    /// <remarks>
    /// AVIF has the container of HEIF, but is not detected as HEIF, because the relay does not accept AVIF. <see cref="FileTypeBox"/>
    /// describes how HEIC and HEIF are distinguished.
    /// </remarks>
    public static ImageFormat? DetectFormat(ReadOnlySpan<byte> start)
    {
        start = start.Slice(0, Math.Min(start.Length, DetectionLength));
        return PngHeader.Matches(start) ? ImageFormat.Png
            : JpegHeader.Matches(start) ? ImageFormat.Jpeg
            : WebpHeader.Matches(start) ? ImageFormat.Webp
            : FileTypeBox.DetectFormat(start);
    }

    /// <summary>Reads format, width and height, and only as much of the file as is needed for them.</summary>
    /// <param name="file">A readable, seekable stream, read from its beginning; its position is not kept.</param>
    /// <returns>Null if the bytes have none of the formats. Width and height are both 0 if either is missing, as in a file that is cut off
    /// or damaged. Invalid content never makes this throw; only errors of the stream do.</returns>
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
