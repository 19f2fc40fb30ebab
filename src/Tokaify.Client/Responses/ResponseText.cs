using System.Text;

namespace Tokaify;

/// <summary>The beginning of a body as people can read it in an error.</summary>
internal sealed class ResponseText
{
    // A page or two of a terminal.
    private const int Longest = 4096;
    private const int LongestSummary = 200;

    private ResponseText(string beginning, string summary)
    {
        Beginning = beginning;
        Summary = summary;
    }

    /// <summary>No body.</summary>
    public static ResponseText Empty { get; } = new("", "");

    /// <summary>Its lines, Base64 left out.</summary>
    public string Beginning { get; }

    /// <summary>The text of a response that is not JSON, in one line: a page's title, else its text.</summary>
    public string Summary { get; }

    /// <summary>Reads a body's beginning.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="isCut">Whether there is more of it.</param>
    /// <param name="sanitizer">What it passes.</param>
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

    // Without the beginning of a character whose end was not read.
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
