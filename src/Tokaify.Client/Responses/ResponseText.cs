using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>Bodies as people can read them in an error.</summary>
internal static class ResponseText
{
    // With the escapes that a slash, a plus sign or a line break may have.
    private static readonly Regex s_base64 = new(@"[A-Za-z0-9+/\\]{120,}={0,2}", RegexOptions.CultureInvariant);

    // What steers a terminal; line breaks and tabs may stay.
    private static readonly Regex s_control = new(@"[\p{Cc}-[\r\n\t]]", RegexOptions.CultureInvariant);
    private static readonly Regex s_invisible = new("(?is)<(script|style|head)\\b.*?</\\1>|<[^>]*>", RegexOptions.CultureInvariant);
    private static readonly Regex s_title = new("(?is)<title[^>]*>(.*?)</title>", RegexOptions.CultureInvariant);
    private static readonly Regex s_space = new("\\s+", RegexOptions.CultureInvariant);

    /// <summary>A body's beginning, Base64 left out.</summary>
    public static string From(ReadOnlySpan<byte> utf8) =>
        s_control.Replace(s_base64.Replace(Encoding.UTF8.GetString(utf8.ToArray()), "(Base64 left out)"), "\uFFFD");

    /// <summary>What a body that is no JSON says, in a line: a page's title, else its text.</summary>
    public static string Summarize(string body)
    {
        var title = s_title.Match(body);
        var text = title.Success ? title.Groups[1].Value : s_invisible.Replace(body, " ");
        text = s_space.Replace(System.Net.WebUtility.HtmlDecode(text), " ").Trim();
        const int Length = 200;
        return text.Length <= Length ? text : text.Substring(0, char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length) + "…";
    }
}
