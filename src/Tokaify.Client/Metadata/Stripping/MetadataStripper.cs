namespace Tokaify;

/// <summary>Leaves out of an image what tells of its origin: position, camera, author, comments, thumbnails, XMP, IPTC, and whatever is
/// behind the image's end. Orientation and colour profile stay; pixels are not touched.</summary>
internal static class MetadataStripper
{
    /// <summary>Whether it can be done. In HEIC and HEIF, tables of offsets all over the file point at the metadata.</summary>
    public static bool Supports(ImageFormat format) => format is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Webp;

    /// <summary>Finds what stays. The file is read once, a block at a time.</summary>
    /// <param name="file">The file, seekable.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="MetadataException">The file is damaged, so that it is not certain what is metadata.</exception>
    public static SentBytes Strip(Stream file, ImageFormat format)
    {
        using var block = new FileBlock(file);
        return format switch
        {
            ImageFormat.Png => PngStripper.Strip(block),
            ImageFormat.Jpeg => JpegStripper.Strip(block),
            ImageFormat.Webp => WebpStripper.Strip(block),
            _ => throw new MetadataException($"{format} has its metadata all over the file"),
        };
    }

    /// <summary>The orientation of an image, 1 to 8 as in EXIF. 1 if it does not say, and for HEIC and HEIF, where the container turns the
    /// image.</summary>
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
