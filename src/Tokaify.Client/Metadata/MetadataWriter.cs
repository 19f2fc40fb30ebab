namespace Tokaify;

/// <summary>Writes metadata into a copy of a picture; what makes up the picture stays byte for byte what it was.</summary>
internal static class MetadataWriter
{
    /// <summary>Whether a format has a place for it. That of HEIC and HEIF is tied into tables of offsets all over the file.</summary>
    public static bool Supports(ImageFormat format) => format is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Webp;

    /// <summary>Copies a picture, the metadata in it. Neither of them stands in memory whole.</summary>
    /// <param name="picture">The picture, seekable.</param>
    /// <param name="header">What its header says.</param>
    /// <param name="metadata">What to write.</param>
    /// <param name="target">Where to; seekable.</param>
    /// <exception cref="MetadataException">The picture is built in a way that leaves no place for it.</exception>
    public static void Copy(Stream picture, ImageHeader header, PictureMetadata metadata, Stream target)
    {
        picture.Position = 0;
        switch (header.Format)
        {
            case ImageFormat.Png:
                PngMetadata.Copy(picture, metadata, target);
                break;
            case ImageFormat.Jpeg:
                JpegMetadata.Copy(picture, metadata, target);
                break;
            case ImageFormat.Webp:
                WebpMetadata.Copy(picture, header, metadata, target);
                break;
            default:
                throw new MetadataException($"{header.Format} has no place for it");
        }
    }
}
