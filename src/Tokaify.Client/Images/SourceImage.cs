namespace Tokaify;

/// <summary>An image file that goes into a request: known by its bytes, not opened until it is sent.</summary>
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

    /// <summary>SHA-256 of what is sent of it; null for the whole file.</summary>
    internal string? SentSha256 { get; private init; }

    // Null for the whole file.
    private SentBytes? Sent { get; init; }

    private DateTime LastWriteTimeUtc { get; }

    /// <summary>Looks at a file's first bytes.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> where there is none or it cannot be
    /// read, <see cref="TokaifyErrorId.UnsupportedImage"/> where it is a folder, empty, or no image the service takes.</exception>
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
        // ArgumentException: .NET Framework's, for a name with characters that Windows does not take.
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw new TokaifyException(
                TokaifyErrorId.FileNotFound,
                $"'{path}' cannot be read: {exception.Message} Check its name and permissions.",
                exception);
        }
    }

    /// <summary>Reads the image's size as it is seen: turned as its EXIF orientation or its container says.</summary>
    /// <returns>Null if the file does not say.</returns>
    /// <exception cref="TokaifyException">It is no longer there, no longer readable, or no longer what was inspected.</exception>
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

    /// <summary>Opens the file to be sent.</summary>
    /// <exception cref="TokaifyException">It is no longer there, no longer readable, or no longer what was inspected.</exception>
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

    /// <summary>What is sent of the file.</summary>
    /// <param name="file">The file, opened by <see cref="Open"/>.</param>
    internal Stream SentBytesOf(FileStream file) => Sent is null ? file : new SentBytesStream(file, Sent);

    /// <summary>The same image, of which no metadata is sent. The file stays as it is.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/> if its metadata cannot be told from the image.</exception>
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
                $"The metadata of '{Path}' cannot be removed: {exception.Message}. Nothing was sent. Save the image anew with another program.",
                exception);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>Looks whether metadata can be left out of its format.</summary>
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

    /// <summary>Looks whether the open file is still what was inspected.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/>.</exception>
    internal void EnsureUnchanged(FileStream file)
    {
        if (file.Length != Length || File.GetLastWriteTimeUtc(Path) != LastWriteTimeUtc)
        {
            throw Changed();
        }
    }

    /// <summary>The error for a file that is not what it was.</summary>
    internal TokaifyException Changed() =>
        new(TokaifyErrorId.UnsupportedImage, $"'{Path}' changed while it was being sent. Send it again when it is at rest.");

    /// <summary>The error for a file that does not let itself be read. Told apart early: once it has left the request's
    /// body, the transport takes a file's error for one of the connection's.</summary>
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
        // Some files of the system have no length, and reading them waits for news.
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
            $"'{path}' is no PNG, JPEG, WebP, HEIC or HEIF picture, whatever its name says. Convert it to one of these.");
    }
}
