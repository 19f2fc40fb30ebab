namespace Tokaify;

/// <summary>The beginning of an image in Markdown: <c>![image](data:image/png;base64,</c>.</summary>
internal static class MarkdownHeader
{
    /// <summary>The first byte of a header.</summary>
    public const byte Start = (byte)'!';

    /// <summary>The greatest length of a header, in bytes. Longer text is not a header.</summary>
    public const int MaximumLength = 512;

    /// <summary>Whether a text is a header.</summary>
    public enum Match
    {
        /// <summary>It is not a header, whatever follows.</summary>
        None,

        /// <summary>It may be the beginning of a header.</summary>
        Partly,

        /// <summary>It is a complete header.</summary>
        Whole,
    }

    /// <summary>Compares a whole text with the pattern.</summary>
    public static Match Of(ReadOnlySpan<byte> text)
    {
        if (!TrySkip(ref text, "!["u8, out var match))
        {
            return match;
        }

        // An opening bracket inside a description may begin another header.
        var end = text.IndexOfAny((byte)']', (byte)'[');
        if (end < 0)
        {
            return Match.Partly;
        }

        text = text.Slice(end);
        if (!TrySkip(ref text, "](data:image/"u8, out match))
        {
            return match;
        }

        var subtype = SubtypeLength(text);
        if (subtype == text.Length)
        {
            return Match.Partly;
        }

        text = text.Slice(subtype);
        return subtype > 0 && TrySkip(ref text, ";base64,"u8, out match) && text.IsEmpty ? Match.Whole
            : subtype > 0 ? match
            : Match.None;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase, out Match match)
    {
        var length = Math.Min(text.Length, lowerCase.Length);
        for (var index = 0; index < length; index++)
        {
            if (Lower(text[index]) != lowerCase[index])
            {
                match = Match.None;
                return false;
            }
        }

        match = length == lowerCase.Length ? Match.None : Match.Partly;
        text = text.Slice(length);
        return length == lowerCase.Length;
    }

    private static int SubtypeLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && IsSubtype(Lower(text[length])))
        {
            length++;
        }

        return length;
    }

    private static bool IsSubtype(byte lowerCase) => lowerCase
        is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'-' or (byte)'.';

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
