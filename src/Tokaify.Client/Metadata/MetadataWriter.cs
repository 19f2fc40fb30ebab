namespace Tokaify;

/// <summary>Writes metadata into a copy of an image. The image data itself stays the same, byte for byte.</summary>
internal static class MetadataWriter
{
    /// <summary>Whether a format is supported. In HEIC and HEIF, inserting metadata would change tables of offsets all over the
    /// file.</summary>
    public static bool Supports(ImageFormat format) => format is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Webp;

    /// <summary>Copies an image and inserts the metadata. The image is not loaded into memory as a whole.</summary>
    /// <param name="image">The image, seekable.</param>
    /// <param name="header">Its header.</param>
    /// <param name="metadata">The metadata.</param>
    /// <param name="target">The stream of the copy, seekable.</param>
    /// <exception cref="MetadataException">The structure of the image has no place for metadata.</exception>
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
                throw new MetadataException($"{header.Format} has no place for metadata");
        }
    }
}
