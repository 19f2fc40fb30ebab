using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Reads the links from the HTML of a search. This HTML comes from outside, so its markup is not copied into the page. A frame is
/// not used either, because the page's policy would block its style.</summary>
/// <remarks>Each character is read once. Links are written as encoded text, so misreading malformed HTML does no harm.</remarks>
internal sealed class SearchLinks
{
    // The content of these elements is not text.
    private static readonly string[] s_hidden = ["script", "style", "template", "title", "textarea", "noscript"];

    private readonly string _html;
    private readonly List<ReportLink> _links = [];
    private int _at;

    // The text of the current link; null if no link is open.
    private StringBuilder? _text;
    private string? _address;

    private SearchLinks(string html) => _html = html;

    /// <summary>Reads the links that have a text.</summary>
    public static IReadOnlyList<ReportLink> Read(string? html)
    {
        var reader = new SearchLinks(html ?? "");
        reader.ReadAll();
        return reader._links;
    }

    private char Current => _html[_at];

    private bool IsAtEnd => _at >= _html.Length;

    private void ReadAll()
    {
        while (!IsAtEnd)
        {
            if (Current == '<')
            {
                ReadMarkup();
            }
            else
            {
                var start = _at;
                MoveTo("<", after: false);
                _ = _text?.Append(_html, start, _at - start);
            }
        }

        EndLink();
    }

    private void ReadMarkup()
    {
        if (string.CompareOrdinal(_html, _at, "<!--", 0, 4) == 0)
        {
            MoveTo("-->", after: true);
            return;
        }

        _at++;
        var isEnd = !IsAtEnd && Current == '/';
        _at += isEnd ? 1 : 0;
        var name = ReadWhile(char.IsLetterOrDigit).ToLowerInvariant();
        var address = ReadAttributes();
        if (name == "a")
        {
            EndLink();
            (_text, _address) = isEnd ? (null, null) : (new StringBuilder(), address);
        }
        else if (!isEnd && s_hidden.Contains(name))
        {
            MoveTo("</" + name, after: false);
        }
    }

    // Reads to the end of the tag, and returns its address.
    private string? ReadAttributes()
    {
        string? address = null;
        while (!IsAtEnd && Current != '>')
        {
            var name = ReadWhile(character => character is not ('=' or '>' or '/') && !char.IsWhiteSpace(character));
            _ = ReadWhile(char.IsWhiteSpace);
            if (!IsAtEnd && Current == '=')
            {
                _at++;
                var value = ReadValue();
                address ??= string.Equals(name, "href", StringComparison.OrdinalIgnoreCase) ? WebUtility.HtmlDecode(value) : null;
            }
            else if (!IsAtEnd && Current == '/')
            {
                _at++;
            }
        }

        _at++;
        return address;
    }

    private string ReadValue()
    {
        _ = ReadWhile(char.IsWhiteSpace);
        if (IsAtEnd || Current is not ('"' or '\''))
        {
            return ReadWhile(character => character != '>' && !char.IsWhiteSpace(character));
        }

        var quote = Current;
        _at++;
        var value = ReadWhile(character => character != quote);
        _at++;
        return value;
    }

    private string ReadWhile(Func<char, bool> isOne)
    {
        var start = _at;
        while (!IsAtEnd && isOne(Current))
        {
            _at++;
        }

        return start < _html.Length ? _html.Substring(start, _at - start) : "";
    }

    private void MoveTo(string mark, bool after)
    {
        // After a tag without an end, the position may be beyond the text.
        var found = _html.IndexOf(mark, Math.Min(_at, _html.Length), StringComparison.OrdinalIgnoreCase);
        _at = found < 0 ? _html.Length : found + (after ? mark.Length : 0);
    }

    private void EndLink()
    {
        var text = Regex.Replace(WebUtility.HtmlDecode(_text?.ToString() ?? ""), @"\s+", " ").Trim();
        if (text.Length > 0)
        {
            _links.Add(new ReportLink(text, ReportLink.WebAddress(_address)));
        }
    }
}
