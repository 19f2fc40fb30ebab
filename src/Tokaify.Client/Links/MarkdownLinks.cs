namespace Tokaify;

/// <summary>Finds the addresses of images in Markdown: <c>![…](https://…)</c>.</summary>
internal static class MarkdownLinks
{
    /// <summary>The greatest length of an address. A longer one is not a link.</summary>
    public const int LongestAddress = 4096;

    // The limit for nested brackets, and for nested parentheses in an address. It bounds the time that a hostile text takes.
    private const int DeepestNesting = 32;

    /// <summary>Returns the addresses, in the order of the text, without duplicates.</summary>
    /// <param name="text">The text, of any length.</param>
    public static IReadOnlyList<string> In(string text)
    {
        if (text.IndexOf("![", StringComparison.Ordinal) < 0)
        {
            return [];
        }

        var links = new List<string>();
        // For each open bracket, whether an image begins with it.
        var open = new List<bool>();
        for (var index = 0; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '\\':
                    index++;
                    break;
                case '[':
                    Push(open, index > 0 && text[index - 1] == '!' && !IsEscaped(text, index - 1));
                    break;
                case ']' when open.Count > 0:
                    var isImage = open[open.Count - 1];
                    open.RemoveAt(open.Count - 1);
                    if (isImage && AddressAt(text, index + 1) is { } link && !links.Contains(link))
                    {
                        links.Add(link);
                    }

                    break;
            }

            if (links.Count > ImageSlots.Limit)
            {
                break;
            }
        }

        return links;
    }

    private static void Push(List<bool> open, bool isImage)
    {
        if (open.Count == DeepestNesting)
        {
            open.RemoveAt(0);
        }

        open.Add(isImage);
    }

    private static bool IsEscaped(string text, int index) => index > 0 && text[index - 1] == '\\';

    // Returns the address in the parentheses that begin here; null if there is none that begins with http: or https:.
    private static string? AddressAt(string text, int index)
    {
        if (index >= text.Length || text[index] != '(')
        {
            return null;
        }

        for (index++; index < text.Length && text[index] is ' ' or '\t' or '\r' or '\n';)
        {
            index++;
        }

        var isQuoted = index < text.Length && text[index] == '<';
        var start = isQuoted ? index + 1 : index;
        if (!StartsWith(text, start, "http://") && !StartsWith(text, start, "https://"))
        {
            return null;
        }

        var end = isQuoted ? EndOfQuoted(text, start) : EndOfBare(text, start);
        return end < 0 ? null : Unescape(text.Substring(start, end - start));
    }

    private static bool StartsWith(string text, int start, string beginning) =>
        string.Compare(text, start, beginning, 0, beginning.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private static int EndOfQuoted(string text, int start)
    {
        var end = text.IndexOfAny(['>', '<', '\r', '\n'], start, Math.Min(LongestAddress + 1, text.Length - start));
        return end < 0 || text[end] != '>' ? -1 : end;
    }

    // Parentheses in an address are balanced or escaped. A title may follow after a space.
    private static int EndOfBare(string text, int start)
    {
        var depth = 0;
        for (var index = start; index < text.Length && index - start <= LongestAddress; index++)
        {
            switch (text[index])
            {
                case '\\':
                    index++;
                    break;
                case '(' when ++depth > DeepestNesting:
                    return -1;
                case ')' when depth-- == 0:
                case ' ' or '\t' or '\r' or '\n':
                    return index;
            }
        }

        return -1;
    }

    // The escapes of Markdown that occur in addresses.
    private static string Unescape(string address) =>
        address.Replace("\\(", "(").Replace("\\)", ")").Replace("\\_", "_").Replace("&amp;", "&");
}
