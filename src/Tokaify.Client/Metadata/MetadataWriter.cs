namespace Tokaify;

/// <summary>Writes metadata into a copy of an image; what makes up the image stays byte for byte what it was.</summary>
internal static class MetadataWriter
{
    /// <summary>Whether a format has a place for it. That of HEIC and HEIF is tied into tables of offsets all over the file.</summary>
    public static bool Supports(ImageFormat format) => format is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Webp;

    /// <summary>Copies an image, the metadata in it. Neither of them stands in memory whole.</summary>
    /// <param name="image">The image, seekable.</param>
    /// <param name="header">What its header says.</param>
    /// <param name="metadata">What to write.</param>
    /// <param name="target">Where to; seekable.</param>
    /// <exception cref="MetadataException">The image is built in a way that leaves no place for it.</exception>
    public static void Copy(Stream image, ImageHeader header, ImageMetadata metadata, Stream target)
    {
        image.Position = 0;
        switch (header.Format)
        {
            case ImageFormat.Png:
                PngMetadata.Copy(image, metadata, target);
                break;
            case ImageFormat.Jpeg:
                JpegMetadata.Copy(image, metadata, target);
                break;
            case ImageFormat.Webp:
                WebpMetadata.Copy(image, header, metadata, target);
                break;
            default:
                throw new MetadataException($"{header.Format} has no place for it");
        }
    }
}
