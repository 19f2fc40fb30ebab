using System.Text;

namespace Tokaify;

/// <summary>The beginning of a body, readable, for errors.</summary>
internal sealed class ResponseText
{
    // The greatest length of the beginning: one or two screens of a terminal.
    private const int Longest = 4096;
    private const int LongestSummary = 200;

    private ResponseText(string beginning, string summary)
    {
        Beginning = beginning;
        Summary = summary;
    }

    /// <summary>The value for an empty body.</summary>
    public static ResponseText Empty { get; } = new("", "");

    /// <summary>Its lines, without Base64.</summary>
    public string Beginning { get; }

    /// <summary>The text of a response that is not JSON, in one line: the title of a page, else its text.</summary>
    public string Summary { get; }

    /// <summary>Creates it from the beginning of a body.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="isCut">Whether the body is longer.</param>
    /// <param name="sanitizer">The sanitizer for it.</param>
    public static ResponseText Of(ReadOnlySpan<byte> utf8, bool isCut, TextSanitizer sanitizer)
    {
        var body = Encoding.UTF8.GetString(utf8.Slice(0, isCut ? WholeLength(utf8) : utf8.Length).ToArray());
        var isPage = HtmlText.IsPage(body);
        var summary = isPage && HtmlText.Title(body) is { } title
            ? sanitizer.Line(title)
            : sanitizer.Line(isPage ? HtmlText.VisibleText(body) : body, isCut);
        return new ResponseText(
            TextSanitizer.Shorten(ServiceWords.WithoutBase64(sanitizer.Lines(body, isCut)), Longest),
            TextSanitizer.Shorten(ServiceWords.WithoutBase64(summary), LongestSummary));
    }

    // Leaves out an incomplete character at the end.
    private static int WholeLength(ReadOnlySpan<byte> utf8)
    {
        var start = utf8.Length - 1;
        while (start > 0 && utf8.Length - start < 4 && (utf8[start] & 0xC0) == 0x80)
        {
            start--;
        }

        var length = start < 0 ? 0 : utf8[start] switch
        {
            >= 0xF0 => 4,
            >= 0xE0 => 3,
            >= 0xC0 => 2,
            _ => 1,
        };
        return start >= 0 && start + length > utf8.Length ? start : utf8.Length;
    }
}
