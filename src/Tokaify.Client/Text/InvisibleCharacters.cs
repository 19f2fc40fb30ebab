using System.Globalization;
using System.Text;

namespace Tokaify;

/// <summary>Characters that can be inserted into a secret and leave it readable: spaces, line breaks, control characters, formats and
/// joiners, variation selectors, tags.</summary>
/// <param name="keepsSpaces">Whether spaces are excluded from them.</param>
internal struct InvisibleCharacters(bool keepsSpaces)
{
    // The first half of the surrogate pairs of tags and of further variation selectors; no other characters have it.
    private const char Lead = '\uDB40';

    private bool _followsLead;

    /// <summary>Whether the next character of a text is invisible.</summary>
    public bool TryTake(char character)
    {
        if (character is > ' ' and < '\x7F')
        {
            _followsLead = false;
            return false;
        }

        var followsLead = _followsLead;
        _followsLead = character == Lead;
        return _followsLead || (followsLead && char.IsLowSurrogate(character)) || Contains(character);
    }

    /// <summary>Returns a text without these characters.</summary>
    public static string Remove(string text, bool keepsSpaces = false)
    {
        var invisible = new InvisibleCharacters(keepsSpaces);
        var visible = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!invisible.TryTake(character))
            {
                visible.Append(character);
            }
        }

        return visible.Length == text.Length ? text : visible.ToString();
    }

    // char.GetUnicodeCategory is not used, because in .NET Framework it returns the category of a dash for the soft hyphen, U+00AD.
    private readonly bool Contains(char character) => CharUnicodeInfo.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.SpaceSeparator => !keepsSpaces,
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // Variation selectors, and blank letters.
        _ => character is (>= '\uFE00' and <= '\uFE0F') or (>= '\u180B' and <= '\u180D') or '\u034F' or '\u115F' or '\u1160' or '\u3164' or '\uFFA0',
    };
}
