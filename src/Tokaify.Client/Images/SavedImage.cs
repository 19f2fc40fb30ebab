namespace Tokaify;

/// <summary>A picture that was saved.</summary>
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
