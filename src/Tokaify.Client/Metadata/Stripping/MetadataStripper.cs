namespace Tokaify;

/// <summary>Removes the metadata of an image: position, camera, author, comments, thumbnails, XMP, IPTC, and all bytes after the image's
/// end. Orientation and colour profile are kept; pixels are not changed.</summary>
internal static class MetadataStripper
{
    /// <summary>Whether a format is supported. In HEIC and HEIF, tables of offsets all over the file refer to the metadata.</summary>
    public static bool Supports(ImageFormat format) => format is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Webp;

    /// <summary>Determines the bytes that are kept. The file is read once, one block at a time.</summary>
    /// <param name="file">The file, seekable.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="MetadataException">The file is damaged, so it is not certain which bytes are metadata.</exception>
    public static SentBytes Strip(Stream file, ImageFormat format)
    {
        using var block = new FileBlock(file);
        return format switch
        {
            ImageFormat.Png => PngStripper.Strip(block),
            ImageFormat.Jpeg => JpegStripper.Strip(block),
            ImageFormat.Webp => WebpStripper.Strip(block),
            _ => throw new MetadataException($"{format} has its metadata in many places of the file"),
        };
    }

    /// <summary>The orientation of an image, 1 to 8 as in EXIF. 1 if the file does not say, and for HEIC and HEIF, where the container
    /// rotates the image.</summary>
    /// <param name="file">The file, seekable.</param>
    /// <param name="format">Its format.</param>
    public static int ReadOrientation(Stream file, ImageFormat format)
    {
        using var block = new FileBlock(file);
        try
        {
            return format switch
            {
                ImageFormat.Png => PngStripper.ReadOrientation(block),
                ImageFormat.Jpeg => JpegStripper.ReadOrientation(block),
                ImageFormat.Webp => WebpStripper.ReadOrientation(block),
                _ => ExifOrientation.Upright,
            };
        }
        catch (MetadataException)
        {
            return ExifOrientation.Upright;
        }
    }
}
