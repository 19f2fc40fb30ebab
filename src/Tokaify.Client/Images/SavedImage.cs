namespace Tokaify;

/// <summary>An image that was saved.</summary>
public sealed record SavedImage
{
    internal SavedImage(string path, ImageHeader header, long length)
    {
        Path = path;
        MimeType = header.Format.MimeType();
        Width = header.Width;
        Height = header.Height;
        Length = length;
    }

    /// <summary>Inspects an existing image.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException">It is not an image; see <see cref="SourceImage.Inspect"/>.</exception>
    public static SavedImage Inspect(string path)
    {
        var source = SourceImage.Inspect(path);
        using var file = source.Open();
        try
        {
            return new SavedImage(path, ImageHeader.Read(file) ?? new ImageHeader(source.Format, 0, 0), source.Length);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw source.Unreadable(exception);
        }
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The MIME type, by the file's bytes.</summary>
    public string MimeType { get; }

    /// <summary>Pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>The file's full path.</summary>
    public override string ToString() => Path;
}
