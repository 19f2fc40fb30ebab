using System.Net;
using System.Text;

namespace Tokaify;

/// <summary>Reads the visible text of an HTML page, in linear time.</summary>
internal static class HtmlText
{
    private static readonly string[] s_invisibleElements = ["script", "style", "head"];

    /// <summary>Whether a body is a page for a browser.</summary>
    public static bool IsPage(string? body)
    {
        var start = body?.TrimStart('\uFEFF', ' ', '\t', '\r', '\n') ?? "";
        return (start.Length > 0 && start[0] == '<')
            || Find(start, "<!doctype html", 0) >= 0
            || Find(start, "<html", 0) >= 0;
    }

    /// <summary>A page's title; null if it has none.</summary>
    public static string? Title(string page)
    {
        var element = FindElement(page, "title", 0);
        var start = element < 0 ? -1 : page.IndexOf('>', element);
        var end = start < 0 ? -1 : Find(page, "</title", start);
        return end < 0 ? null : Decode(page.Substring(start + 1, end - start - 1));
    }

    /// <summary>Returns the visible text of a page.</summary>
    public static string VisibleText(string page)
    {
        var text = new StringBuilder(page.Length);
        // If one such element has no end tag, the later ones have none either. This keeps the search linear.
        var isEndless = new bool[s_invisibleElements.Length];
        var position = 0;
        int tag;
        while ((tag = page.IndexOf('<', position)) >= 0)
        {
            var end = EndOfInvisible(page, tag, isEndless) ?? page.IndexOf('>', tag) + 1;
            if (end == 0)
            {
                break;
            }

            text.Append(page, position, tag - position).Append(' ');
            position = end;
        }

        return Decode(text.Append(page, position, page.Length - position).ToString());
    }

    // A browser shows a sequence of spaces and line breaks as one space.
    private static string Decode(string html)
    {
        var text = new StringBuilder(html.Length);
        foreach (var character in WebUtility.HtmlDecode(html))
        {
            var isSpace = char.IsWhiteSpace(character);
            if (!isSpace || (text.Length > 0 && text[text.Length - 1] != ' '))
            {
                text.Append(isSpace ? ' ' : character);
            }
        }

        return text.ToString();
    }

    // Returns the end of an invisible element; null for any other element.
    private static int? EndOfInvisible(string page, int tag, bool[] isEndless)
    {
        for (var index = 0; index < s_invisibleElements.Length; index++)
        {
            if (isEndless[index] || !IsElement(page, tag, s_invisibleElements[index]))
            {
                continue;
            }

            var end = Find(page, "</" + s_invisibleElements[index], tag);
            if (end >= 0)
            {
                return page.IndexOf('>', end) is >= 0 and var close ? close + 1 : page.Length;
            }

            isEndless[index] = true;
        }

        return null;
    }

    private static int FindElement(string page, string name, int start)
    {
        int tag;
        while ((tag = Find(page, "<" + name, start)) >= 0 && !IsElement(page, tag, name))
        {
            start = tag + 1;
        }

        return tag;
    }

    private static bool IsElement(string page, int tag, string name)
    {
        var end = tag + 1 + name.Length;
        return end < page.Length
            && string.Compare(page, tag + 1, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0
            && !char.IsLetterOrDigit(page[end]);
    }

    private static int Find(string page, string text, int start) => page.IndexOf(text, start, StringComparison.OrdinalIgnoreCase);
}
