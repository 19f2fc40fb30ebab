namespace Tokaify.PowerShell;

/// <summary>A picture as a page can show it: linked, embedded, or in words.</summary>
internal sealed record ReportPicture
{
    // What else browsers show, where the bytes are none of the service's formats.
    private static readonly string[] s_otherExtensions = [".gif", ".bmp", ".avif", ".svg"];

    private ReportPicture(string path) => Path = path;

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The file's name.</summary>
    public string Name => FileUrl.NameOf(Path);

    /// <summary>Why a browser cannot show it; null where it can.</summary>
    public string? Flaw { get; private init; }

    /// <summary>Whether there is a file to link to, as far as can be told.</summary>
    public bool IsThere { get; private init; } = true;

    /// <summary>The MIME type by the file's bytes; null where they are none of the service's formats, or not at hand.</summary>
    public string? MimeType { get; private init; }

    /// <summary>Bytes; 0 where it is not at hand.</summary>
    public long Length { get; private init; }

    /// <summary>Looks at a file.</summary>
    /// <param name="path">A full path.</param>
    public static ReportPicture Inspect(string path)
    {
        // Of another system: it cannot be looked at, and may well be there where the page is read.
        if (FileUrl.IsWindows(path) != (System.IO.Path.DirectorySeparatorChar == '\\'))
        {
            return OfName(path);
        }

        if (!File.Exists(path))
        {
            return new ReportPicture(path) { Flaw = "The file is not there.", IsThere = false };
        }

        try
        {
            var source = SourceImage.Inspect(path);
            return new ReportPicture(path)
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
                : new ReportPicture(path) { Flaw = "The file cannot be read." };
        }
    }

    private static ReportPicture OfName(string path)
    {
        // Not Path.GetExtension, which on .NET Framework takes no name that Windows does not.
        var name = FileUrl.NameOf(path);
        var extension = name.Substring(Math.Max(name.LastIndexOf('.'), 0)).ToLowerInvariant();
        return new ReportPicture(path)
        {
            Flaw = extension is ".heic" or ".heif" ? FlawOf(extension.TrimStart('.'))
                : extension is ".png" or ".jpg" or ".jpeg" or ".webp" || s_otherExtensions.Contains(extension) ? null
                : "Browsers do not show this file.",
        };
    }

    private static string FlawOf(string format) => $"Browsers do not show {format.ToUpperInvariant()}.";
}
