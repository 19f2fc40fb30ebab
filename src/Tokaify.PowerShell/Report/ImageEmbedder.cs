namespace Tokaify.PowerShell;

/// <summary>Embeds images into a page, up to a limit of bytes.</summary>
/// <param name="limit">The limit in bytes, as the images have them on disk.</param>
internal sealed class ImageEmbedder(long limit)
{
    // A multiple of 3, so that only the last block has padding.
    private const int BlockLength = 3 * 16 * 1024;

    private readonly byte[] _block = new byte[BlockLength];
    private readonly char[] _text = new char[BlockLength / 3 * 4];
    private long _left = limit;

    /// <summary>Whether images are embedded at all.</summary>
    public bool IsOn { get; } = limit > 0;

    /// <summary>The number of images that were linked because of the limit, or because they could not be read.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Writes an image as the value of an attribute: a <c>data:</c> URL. The file is copied to the page block by block.</summary>
    /// <returns>False if nothing was written.</returns>
    public bool TryWrite(HtmlWriter html, DisplayedImage image)
    {
        if (!IsOn)
        {
            return false;
        }

        using var file = image.MimeType is not null && image.Length <= _left ? TryOpen(image.Path) : null;
        if (file is null)
        {
            LeftOut++;
            return false;
        }

        html.Write($"data:{image.MimeType};base64,");
        for (var left = image.Length; left > 0 && Fill(file, left) is > 0 and var length; left -= length)
        {
            html.WriteRaw(_text, Convert.ToBase64CharArray(_block, 0, length, _text, 0));
            _left -= length;
        }

        return true;
    }

    // Reads at most the length that was checked, because the file may grow meanwhile.
    private int Fill(FileStream file, long left)
    {
        var wanted = (int)Math.Min(left, _block.Length);
        var length = 0;
        while (length < wanted && TryRead(file, length, wanted - length) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    // A file that ends early gives a broken image, but does not stop the page.
    private int TryRead(FileStream file, int offset, int count)
    {
        try
        {
            return file.Read(_block, offset, count);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
