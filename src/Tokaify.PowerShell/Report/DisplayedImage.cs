namespace Tokaify.PowerShell;

/// <summary>An image as the page shows it: linked, embedded, or as text.</summary>
internal sealed record DisplayedImage
{
    // Further formats that browsers display.
    private static readonly string[] s_otherExtensions = [".gif", ".bmp", ".avif", ".svg"];

    private DisplayedImage(string path)
    {
        Path = path;
        Name = FileUrl.NameOf(path);
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The file's name; for a file on a share that is not opened, the whole path.</summary>
    public string Name { get; private init; }

    /// <summary>The reason why a browser cannot show it; null if it can.</summary>
    public string? Flaw { get; private init; }

    /// <summary>The reason why it is not linked, in a word; null if it is linked.</summary>
    public string? Absence { get; private init; }

    /// <summary>The MIME type by the file's bytes; null if the format is not one of the service's, or if the file was not read.</summary>
    public string? MimeType { get; private init; }

    /// <summary>The number of bytes; 0 if the file was not read.</summary>
    public long Length { get; private init; }

    /// <summary>Creates an image for a file on a share that the user has not named. The file is neither opened nor linked: access would
    /// make Windows, or the browser that shows the page, log in to the other machine.</summary>
    /// <param name="path">A full path, or a URL.</param>
    public static DisplayedImage OfForeignShare(string path) => new(path)
    {
        Name = path,
        Flaw = "It is on another machine and was not opened.",
        Absence = "on another machine",
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">A full path.</param>
    public static DisplayedImage Inspect(string path)
    {
        // The path is of another operating system: the file cannot be read here, but may exist on the machine where the page is shown.
        if (FileUrl.IsWindows(path) != (System.IO.Path.DirectorySeparatorChar == '\\'))
        {
            return OfName(path);
        }

        if (!File.Exists(path))
        {
            return new DisplayedImage(path) { Flaw = "The file does not exist.", Absence = "missing" };
        }

        if (RegularFile.IsSpecial(path))
        {
            return new DisplayedImage(path) { Flaw = "It is not a regular file.", Absence = "not a regular file" };
        }

        try
        {
            var source = SourceImage.Inspect(path);
            return new DisplayedImage(path)
            {
                MimeType = source.Format.MimeType(),
                Length = source.Length,
                Flaw = source.Format is ImageFormat.Heic or ImageFormat.Heif ? FlawOf(source.Format.ToString()) : null,
            };
        }
        catch (TokaifyException exception)
        {
            return exception.ErrorId == TokaifyErrorId.UnsupportedImage
                ? OfName(path)
                : new DisplayedImage(path) { Flaw = "The file cannot be read." };
        }
    }

    private static DisplayedImage OfName(string path)
    {
        // Path.GetExtension is not used, because on .NET Framework it throws for names that Windows does not allow.
        var name = FileUrl.NameOf(path);
        var extension = name.Substring(Math.Max(name.LastIndexOf('.'), 0)).ToLowerInvariant();
        return new DisplayedImage(path)
        {
            Flaw = extension is ".heic" or ".heif" ? FlawOf(extension.TrimStart('.'))
                : extension is ".png" or ".jpg" or ".jpeg" or ".webp" || s_otherExtensions.Contains(extension) ? null
                : "Browsers do not show this file.",
        };
    }

    private static string FlawOf(string format) => $"Browsers do not show {format.ToUpperInvariant()}.";
}
