using System.Text;

namespace Tokaify;

/// <summary>Reads and shortens the service's messages, which have passed the <see cref="TextSanitizer"/>.</summary>
internal static class ServiceWords
{
    /// <summary>The greatest length of a message in an error. It is longer than the usual messages of services, and short enough for a
    /// console.</summary>
    public const int Longest = 1000;

    // The shortest text that counts as Base64. It is longer than a word, a key or a digest.
    private const int ShortestBase64 = 120;

    private const string IdIntroducer = "request id:";

    // https://ai.google.dev/api/generate-content#FinishReason
    private static readonly HashSet<string> s_blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "RECITATION", "IMAGE_RECITATION", "BLOCKLIST", "SPII",
    };

    /// <summary>Returns a text for an error message, without Base64 and shortened.</summary>
    public static string Shorten(string words) => TextSanitizer.Shorten(WithoutBase64(words).TrimEnd('.'), Longest);

    /// <summary>Returns a text without long runs of Base64.</summary>
    public static string WithoutBase64(string words)
    {
        var text = new StringBuilder();
        var end = 0;
        for (var start = 0; start < words.Length; start++)
        {
            var length = Base64Length(words, start);
            if (length >= ShortestBase64)
            {
                text.Append(words, end, start - end).Append("(Base64 left out)");
                end = start + length;
                end += words.AsSpan(end, Math.Min(2, words.Length - end)).StartsWith("==".AsSpan()) ? 2 : end < words.Length && words[end] == '=' ? 1 : 0;
            }

            start += Math.Max(0, length - 1);
        }

        return end == 0 ? words : text.Append(words, end, words.Length - end).ToString();
    }

    /// <summary>Whether a finish reason is a refusal.</summary>
    public static bool IsBlock(string? finishReason) => finishReason is not null && s_blocks.Contains(finishReason);

    /// <summary>Returns what to do if a response had no image.</summary>
    public static string AdviceFor(string? finishReason) => finishReason switch
    {
        "MAX_TOKENS" => "Allow more output tokens, or ask for less.",
        _ => "Describe the picture more precisely, and try again.",
    };

    /// <summary>The request id that the relay puts at the end of its messages.</summary>
    public static string? RequestId(string words)
    {
        var start = words.IndexOf(IdIntroducer, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        var id = words.Substring(start + IdIntroducer.Length).TrimStart();
        var end = id.IndexOfAny([' ', ')']);
        id = end < 0 ? id : id.Substring(0, end);
        return id.Length == 0 ? null : TextSanitizer.Shorten(id, TextSanitizer.NameLength);
    }

    // A backslash counts too, because a slash, a plus sign or a line break may be escaped.
    private static int Base64Length(string words, int start)
    {
        var index = start;
        while (index < words.Length
            && words[index] is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9') or '+' or '/' or '\\')
        {
            index++;
        }

        return index - start;
    }
}
