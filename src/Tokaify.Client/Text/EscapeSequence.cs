using System.Globalization;
using System.Net;
using System.Text;

namespace Tokaify;

/// <summary>The escapes that services use in texts: those of JSON (<c>\u0041</c>), of addresses (<c>%41</c>), of HTML
/// (<c>&amp;#65;</c>).</summary>
/// <remarks>The decoded characters are compared with secrets, and never shown.</remarks>
internal static class EscapeSequence
{
    // The greatest length of an entity, leading zeros included.
    private const int LongestEntity = 12;
    private const int Longest = 16;

    private static readonly char[] s_introducers = ['\\', '%', '&'];

    /// <summary>Whether an escape may begin with a character.</summary>
    public static bool IsIntroducer(char character) => character is '\\' or '%' or '&';

    /// <summary>Reads an escape.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The index at which it begins.</param>
    /// <param name="characters">The decoded characters.</param>
    /// <returns>Its length; 0 if there is none.</returns>
    public static int Read(string text, int start, out string characters)
    {
        characters = "";
        return text[start] switch
        {
            '\\' => ReadJson(text, start, ref characters),
            '%' => ReadPercent(text, start, ref characters),
            '&' => ReadEntity(text, start, ref characters),
            _ => 0,
        };
    }

    /// <summary>Returns the index of an escape that is cut off by the end of a text; the text's length if there is none.</summary>
    public static int FindCut(string text)
    {
        var start = text.LastIndexOfAny(s_introducers);
        return start >= 0 && text.Length - start < Longest && Read(text, start, out _) == 0 && MayBecomeWhole(text, start)
            ? start
            : text.Length;
    }

    private static bool MayBecomeWhole(string text, int start)
    {
        var rest = text.Substring(start + 1);
        return rest.Length == 0 || text[start] switch
        {
            '\\' => rest[0] is 'u' or 'x' && rest.Skip(1).All(Uri.IsHexDigit),
            '%' => Uri.IsHexDigit(rest[0]),
            _ => rest.All(character => character == '#' || IsNameCharacter(character)),
        };
    }

    private static bool IsNameCharacter(char character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');

    private static int ReadJson(string text, int start, ref string characters)
    {
        var kind = At(text, start + 1);
        var digits = kind switch
        {
            'u' => 4,
            'x' => 2,
            _ => 0,
        };
        var value = digits == 0 ? -1 : HexValue(text, start + 2, digits);
        var character = kind switch
        {
            'u' or 'x' => value < 0 ? '\0' : (char)value,
            '\\' or '/' or '"' or '\'' => kind,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (character == '\0' && value != 0)
        {
            return 0;
        }

        characters = character.ToString();
        return 2 + digits;
    }

    // Reads several bytes if they are a character in UTF-8; else one.
    private static int ReadPercent(string text, int start, ref string characters)
    {
        var lead = HexValue(text, start + 1, 2);
        if (lead < 0)
        {
            return 0;
        }

        var bytes = new byte[lead is >= 0xF0 and < 0xF8 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1];
        for (var index = 0; index < bytes.Length; index++)
        {
            var place = start + (index * 3);
            var value = At(text, place) == '%' ? HexValue(text, place + 1, 2) : -1;
            if (index > 0 && value is < 0x80 or > 0xBF)
            {
                characters = ((char)lead).ToString();
                return 3;
            }

            bytes[index] = (byte)value;
        }

        characters = bytes.Length == 1 ? ((char)lead).ToString() : Encoding.UTF8.GetString(bytes);
        return bytes.Length * 3;
    }

    private static int ReadEntity(string text, int start, ref string characters)
    {
        var isNumber = At(text, start + 1) == '#';
        var isHex = isNumber && At(text, start + 2) is 'x' or 'X';
        var first = start + (isHex ? 3 : isNumber ? 2 : 1);
        var end = first;
        while (end - first < LongestEntity && (isHex ? Uri.IsHexDigit(At(text, end)) : isNumber ? At(text, end) is >= '0' and <= '9' : IsNameCharacter(At(text, end))))
        {
            end++;
        }

        if (end == first)
        {
            return 0;
        }

        var length = end - start + (At(text, end) == ';' ? 1 : 0);
        if (isNumber)
        {
            characters = CharactersOf(text.Substring(first, end - first), isHex);
            return length;
        }

        characters = WebUtility.HtmlDecode(text.Substring(start, length));
        return characters.Length < length ? length : 0;
    }

    // Returns U+FFFD for a number that is not a character.
    private static string CharactersOf(string digits, bool isHex) =>
        !int.TryParse(digits, isHex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? "\uFFFD"
            : code is >= 0 and <= char.MaxValue ? ((char)code).ToString()
            : code is > char.MaxValue and <= 0x10FFFF ? char.ConvertFromUtf32(code)
            : "\uFFFD";

    private static int HexValue(string text, int start, int count)
    {
        var value = 0;
        for (var index = start; index < start + count; index++)
        {
            var character = At(text, index);
            if (!Uri.IsHexDigit(character))
            {
                return -1;
            }

            value = (value << 4) | Uri.FromHex(character);
        }

        return value;
    }

    private static char At(string text, int index) => index < text.Length ? text[index] : '\0';
}
