namespace Tokaify;

/// <summary>The image formats that are sent to the relay and returned by it.</summary>
public enum ImageFormat
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>WebP.</summary>
    Webp,

    /// <summary>HEIC: HEVC images in the HEIF container.</summary>
    Heic,

    /// <summary>HEIF: the container with an image in another coding, or in one that is not named.</summary>
    Heif,
}

/// <summary>The names of an <see cref="ImageFormat"/>.</summary>
public static class ImageFormats
{
    /// <summary>All formats.</summary>
    public static IReadOnlyList<ImageFormat> All { get; } =
        [ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.Webp, ImageFormat.Heic, ImageFormat.Heif];

    /// <summary>The MIME type, such as <c>image/png</c>.</summary>
    public static string MimeType(this ImageFormat format) => format switch
    {
        ImageFormat.Png => "image/png",
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Webp => "image/webp",
        ImageFormat.Heic => "image/heic",
        ImageFormat.Heif => "image/heif",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The usual file name extension, with its dot.</summary>
    public static string Extension(this ImageFormat format) => format switch
    {
        ImageFormat.Png => ".png",
        ImageFormat.Jpeg => ".jpg",
        ImageFormat.Webp => ".webp",
        ImageFormat.Heic => ".heic",
        ImageFormat.Heif => ".heif",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
