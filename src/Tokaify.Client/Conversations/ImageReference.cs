namespace Tokaify;

/// <summary>An image of a conversation: the path of its file, and its length and digest when it was sent or saved. It does not hold the
/// bytes.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">The digest of its bytes in lower-case hexadecimal.</param>
internal sealed record ImageReference(string Path, long Length, string Sha256)
{
    /// <summary>Creates a reference to the current state of an image.</summary>
    /// <exception cref="TokaifyException">It cannot be read, or is not an image; see <see cref="SourceImage.Inspect"/>.</exception>
    public static ImageReference To(SourceImage image) => new(image.Path, image.Length, Tokaify.Sha256.Of(image));

    /// <summary>Returns the file, to be sent again.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> if it no longer exists or cannot be read,
    /// <see cref="TokaifyErrorId.UnsupportedImage"/> if it has changed.</exception>
    public SourceImage Recall()
    {
        if (!File.Exists(Path))
        {
            throw new TokaifyException(
                TokaifyErrorId.FileNotFound,
                $"'{Path}' is part of the conversation and is no longer there. Put it back, or begin a new conversation.");
        }

        var image = Inspect();
        // The bytes are compared, not the time, because files that were copied or unpacked have other times.
        return image.Length == Length && Tokaify.Sha256.Of(image) == Sha256 ? image : throw Changed();
    }

    private SourceImage Inspect()
    {
        try
        {
            return SourceImage.Inspect(Path);
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.UnsupportedImage)
        {
            throw Changed(exception);
        }
    }

    private TokaifyException Changed(Exception? cause = null) => new(
        TokaifyErrorId.UnsupportedImage,
        $"'{Path}' is part of the conversation and has changed since. Restore the earlier file, or begin a new conversation.",
        cause);
}
