namespace Tokaify.PowerShell;

/// <summary>An image as a page can show it: linked, embedded, or in words.</summary>
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

    /// <summary>The file's name; of a file on a share that is left alone, the whole path.</summary>
    public string Name { get; private init; }

    /// <summary>Why a browser cannot show it; null where it can.</summary>
    public string? Flaw { get; private init; }

    /// <summary>Why it is not linked to, in a word; null where it is.</summary>
    public string? Absence { get; private init; }

    /// <summary>The MIME type by the file's bytes; null where they are none of the service's formats, or not at hand.</summary>
    public string? MimeType { get; private init; }

    /// <summary>Bytes; 0 where it is not at hand.</summary>
    public long Length { get; private init; }

    /// <summary>A file on a share that the user has not named. It is not looked at, nor linked to: merely to look makes Windows log
    /// in there, and so does the browser when it shows the page.</summary>
    /// <param name="path">A full path, or a URL.</param>
    public static DisplayedImage OfForeignShare(string path) => new(path)
    {
        Name = path,
        Flaw = "It is on another machine and was not opened.",
        Absence = "on another machine",
    };

    /// <summary>Looks at a file.</summary>
    /// <param name="path">A full path.</param>
    public static DisplayedImage Inspect(string path)
    {
        // Of another system: it cannot be looked at, and may well be there where the page is read.
        if (FileUrl.IsWindows(path) != (System.IO.Path.DirectorySeparatorChar == '\\'))
        {
            return OfName(path);
        }

        if (!File.Exists(path))
        {
            return new DisplayedImage(path) { Flaw = "The file is not there.", Absence = "missing" };
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
        // Not Path.GetExtension, which on .NET Framework takes no name that Windows does not.
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
