namespace Tokaify;

/// <summary>An image file that is part of a request. Its format is known from its bytes; the file is opened again only when it is
/// sent.</summary>
public sealed record SourceImage
{
    private SourceImage(string path, ImageFormat format, long length, DateTime lastWriteTimeUtc)
    {
        Path = path;
        Format = format;
        Length = length;
        LastWriteTimeUtc = lastWriteTimeUtc;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The format, by the file's bytes.</summary>
    public ImageFormat Format { get; }

    /// <summary>The file's length in bytes.</summary>
    public long Length { get; }

    /// <summary>The number of bytes that are sent of it.</summary>
    internal long SentLength => Sent?.Length ?? Length;

    /// <summary>SHA-256 of the bytes that are sent; null if the whole file is sent.</summary>
    internal string? SentSha256 { get; private init; }

    // The bytes that are sent; null if the whole file is sent.
    private SentBytes? Sent { get; init; }

    private DateTime LastWriteTimeUtc { get; }

    /// <summary>Reads a file's first bytes.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> if it does not exist or cannot be read,
    /// <see cref="TokaifyErrorId.UnsupportedImage"/> if it is a folder, empty, or not an image that the service accepts.</exception>
    public static SourceImage Inspect(string path)
    {
        try
        {
            using var file = RegularFile.OpenRead(path);
            var lastWriteTimeUtc = File.GetLastWriteTimeUtc(path);
            return new SourceImage(path, DetectFormat(file, path), file.Length, lastWriteTimeUtc);
        }
        catch (NotRegularFileException exception)
        {
            throw Special(path, exception);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw Special(path, new NotRegularFileException(FileKind.Folder, exception));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TokaifyException(TokaifyErrorId.FileNotFound, $"There is no file '{path}'. Check the name.", exception);
        }
        // .NET Framework throws ArgumentException for a name with characters that Windows does not allow.
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(
                TokaifyErrorId.FileNotFound,
                $"'{path}' cannot be read: {exception.Message} Check its name and permissions.",
                exception);
        }
    }

    /// <summary>Reads the image's size as it is displayed, rotated according to its EXIF orientation or its container.</summary>
    /// <returns>Null if the file does not say.</returns>
    /// <exception cref="TokaifyException">The file no longer exists, cannot be read any more, or has changed since it was
    /// inspected.</exception>
    public PixelSize? ReadDisplaySize()
    {
        using var file = Open();
        try
        {
            if (ImageHeader.Read(file) is not { Width: > 0 } header)
            {
                return null;
            }

            return ExifOrientation.IsTurned(MetadataStripper.ReadOrientation(file, Format))
                ? new PixelSize(header.Height, header.Width)
                : new PixelSize(header.Width, header.Height);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>Opens the file for sending.</summary>
    /// <exception cref="TokaifyException">The file no longer exists, cannot be read any more, or has changed since it was
    /// inspected.</exception>
    internal FileStream Open()
    {
        FileStream? file = null;
        try
        {
            file = RegularFile.OpenRead(Path);
            EnsureUnchanged(file);
            return file;
        }
        catch (Exception exception)
        {
            file?.Dispose();
            throw exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => new TokaifyException(
                    TokaifyErrorId.FileNotFound, $"'{Path}' was removed before it was sent.", exception),
                NotRegularFileException { Kind: not FileKind.Folder } special => Special(Path, special),
                _ when ImageFolder.IsFileError(exception) => Unreadable(exception),
                _ => exception,
            };
        }
    }

    /// <summary>Returns the bytes of the file that are sent.</summary>
    /// <param name="file">The file, opened by <see cref="Open"/>.</param>
    internal Stream SentBytesOf(FileStream file) => Sent is null ? file : new SentBytesStream(file, Sent);

    /// <summary>Returns the same image, sent without its metadata. The file is not changed.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/> if its metadata cannot be separated from the
    /// image.</exception>
    internal SourceImage WithoutMetadata()
    {
        if (Sent is not null)
        {
            return this;
        }

        EnsureStrippable();
        using var file = Open();
        try
        {
            var sent = MetadataStripper.Strip(file, Format);
            var digest = Sha256.Of(new SentBytesStream(file, sent));
            EnsureUnchanged(file);
            return this with { Sent = sent, SentSha256 = digest };
        }
        catch (MetadataException exception)
        {
            throw new TokaifyException(
                TokaifyErrorId.UnsupportedImage,
                $"The metadata of '{Path}' cannot be removed: {exception.Message}. Nothing was sent. "
                + "Save the image again with another program.",
                exception);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>Checks whether metadata can be removed from its format.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/>.</exception>
    internal void EnsureStrippable()
    {
        if (!MetadataStripper.Supports(Format))
        {
            throw new TokaifyException(
                TokaifyErrorId.UnsupportedImage,
                $"The metadata of '{Path}' cannot be removed without decoding the image, because it is {Format.ToString().ToUpperInvariant()}. Nothing was sent. "
                + "Convert it to JPEG, PNG or WebP.");
        }
    }

    /// <summary>Checks whether the open file is unchanged since it was inspected.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/>.</exception>
    internal void EnsureUnchanged(FileStream file)
    {
        if (file.Length != Length || File.GetLastWriteTimeUtc(Path) != LastWriteTimeUtc)
        {
            throw Changed();
        }
    }

    /// <summary>Creates the error for a changed file.</summary>
    internal TokaifyException Changed() =>
        new(TokaifyErrorId.UnsupportedImage, $"'{Path}' changed while it was being sent. Send it again when no program writes to it.");

    /// <summary>Creates the error for a file that cannot be read. It is created where the file is read, because the transport would report
    /// an exception of the request's body as a failed connection.</summary>
    internal TokaifyException Unreadable(Exception cause) =>
        new(TokaifyErrorId.FileNotFound, $"'{Path}' cannot be read: {cause.Message} Check its permissions.", cause);

    private static TokaifyException Special(string path, NotRegularFileException cause) => new(
        TokaifyErrorId.UnsupportedImage,
        cause.Kind == FileKind.Folder
            ? $"'{path}' is a folder, not an image file."
            : $"'{path}' is {cause.Kind.Name()}, not an image file. It was not opened.",
        cause)
    {
        Advice = cause.Kind == FileKind.Folder ? ErrorAdvice.NameFiles : null,
    };

    private static TokaifyException Empty(string path) => new(TokaifyErrorId.UnsupportedImage, $"'{path}' is empty.");

    private static ImageFormat DetectFormat(FileStream file, string path)
    {
        // Some system files have the length 0, and reading them waits for new data.
        if (file.Length == 0)
        {
            throw Empty(path);
        }

        var start = new byte[ImageHeader.DetectionLength];
        var length = 0;
        int read;
        while (length < start.Length && (read = file.Read(start, length, start.Length - length)) > 0)
        {
            length += read;
        }

        if (length == 0)
        {
            throw Empty(path);
        }

        return ImageHeader.DetectFormat(start.AsSpan(0, length)) ?? throw new TokaifyException(
            TokaifyErrorId.UnsupportedImage,
            $"'{path}' is not a PNG, JPEG, WebP, HEIC or HEIF picture, whatever its name says. Convert it to one of these formats.");
    }
}
