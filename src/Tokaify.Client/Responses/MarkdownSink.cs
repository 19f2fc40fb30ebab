using System.Buffers;
using System.Buffers.Text;

namespace Tokaify;

/// <summary>Receives a text, and extracts the images that some upstreams put into a text:
/// <c>![image](data:image/png;base64,…)</c>.</summary>
/// <remarks>Such an image is written to its file as it arrives. If it turns out not to be an image, it becomes text again, without the line
/// breaks inside its Base64.</remarks>
internal sealed class MarkdownSink(PartContent part) : IStringSink
{
    private readonly Utf8Text _text = new();
    private readonly byte[] _header = new byte[MarkdownHeader.MaximumLength];
    private int _headerLength;

    private Base64Decoder? _decoder;
    private bool _hadImages;

    public int AppendRun(ReadOnlySpan<byte> json) => 0;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > 0)
        {
            utf8 = utf8.Slice(_decoder is not null ? TakeImage(utf8) : _headerLength > 0 ? TakeHeader(utf8[0]) : TakeText(utf8));
        }
    }

    public void End()
    {
        if (_decoder is not null)
        {
            RestoreImage(DecodedLength);
        }

        _text.Append(_header.AsSpan(0, _headerLength));
        var text = _text.ToString();
        _text.Release();
        // Line breaks around an image are not a text.
        part.EndText(_hadImages && string.IsNullOrWhiteSpace(text) ? "" : text);
    }

    private int TakeText(ReadOnlySpan<byte> utf8)
    {
        var start = utf8.IndexOf(MarkdownHeader.Start);
        var length = start < 0 ? utf8.Length : start;
        _text.Append(utf8.Slice(0, length));
        return start < 0 ? length : length + TakeHeader(utf8[start]);
    }

    private int TakeHeader(byte next)
    {
        _header[_headerLength++] = next;
        var match = MarkdownHeader.Of(_header.AsSpan(0, _headerLength));
        if (match == MarkdownHeader.Match.Whole)
        {
            _decoder = new Base64Decoder(part.BeginTextImage);
            return 1;
        }

        while (_headerLength > 0 && (match == MarkdownHeader.Match.None || _headerLength == _header.Length))
        {
            GiveUpHeader();
            match = MarkdownHeader.Of(_header.AsSpan(0, _headerLength));
        }

        return 1;
    }

    // The buffered bytes are text up to the next byte that could begin a header.
    private void GiveUpHeader()
    {
        var held = _header.AsSpan(0, _headerLength);
        var next = held.Slice(1).IndexOf(MarkdownHeader.Start) + 1;
        var length = next == 0 ? held.Length : next;
        _text.Append(held.Slice(0, length));
        held.Slice(length).CopyTo(_header);
        _headerLength -= length;
    }

    private int TakeImage(ReadOnlySpan<byte> utf8)
    {
        // An address in Markdown ends at a closing parenthesis. If it contains a space, or if another image begins in it, it is not an
        // address.
        var end = utf8.IndexOfAny(") \t!"u8);
        var length = end < 0 ? utf8.Length : end;
        var taken = _decoder!.Append(utf8.Slice(0, length));
        if (taken < length)
        {
            RestoreImage(DecodedLength);
            return taken;
        }

        if (end < 0)
        {
            return length;
        }

        if (utf8[end] != ')')
        {
            RestoreImage(DecodedLength);
            return length;
        }

        return TryEndImage() ? length + 1 : length;
    }

    private bool TryEndImage()
    {
        var decodedLength = DecodedLength;
        if (!_decoder!.TryEnd() || !IsImage(_decoder.Image))
        {
            RestoreImage(decodedLength);
            return false;
        }

        EndImage();
        _headerLength = 0;
        _hadImages = true;
        return true;
    }

    private long DecodedLength => _decoder!.Image?.Length ?? 0;

    private static bool IsImage(PendingImage? image)
    {
        try
        {
            image?.Complete();
            return image is not null;
        }
        catch (BadResponseException)
        {
            return false;
        }
    }

    /// <summary>Turns the bytes that were taken for an image back into text.</summary>
    /// <param name="decodedLength">The number of bytes in the file that were decoded from whole groups; the characters after them are still
    /// pending.</param>
    private void RestoreImage(long decodedLength)
    {
        _text.Append(_header.AsSpan(0, _headerLength));
        if (_decoder!.Image is { } image)
        {
            AppendEncoded(image, decodedLength);
            part.DropTextImage(image);
        }

        _text.Append(_decoder.Pending);
        EndImage();
        _headerLength = 0;
    }

    private void AppendEncoded(PendingImage image, long length)
    {
        if (length > Utf8Text.Limit)
        {
            throw new BadResponseException("a text in it has a picture without an end");
        }

        var raw = ArrayPool<byte>.Shared.Rent((int)length);
        var encoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length((int)length));
        image.ReadBack(raw, (int)length);
        Base64.EncodeToUtf8(raw.AsSpan(0, (int)length), encoded, out _, out var encodedLength);
        _text.Append(encoded.AsSpan(0, encodedLength));
        ArrayPool<byte>.Shared.Return(raw);
        ArrayPool<byte>.Shared.Return(encoded);
    }

    private void EndImage()
    {
        _decoder!.Release();
        _decoder = null;
    }
}
