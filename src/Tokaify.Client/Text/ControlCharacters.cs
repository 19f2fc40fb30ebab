using System.Text;

namespace Tokaify;

/// <summary>Characters that are not text, but control a terminal or the direction of text: C0 and C1, escape sequences, bidirectional
/// marks, embeddings, overrides and isolates.</summary>
/// <remarks>Line feed and tab count as text, and so do joiners, because emoji, Persian and Indic scripts need them.</remarks>
public static class ControlCharacters
{
    private const char Escape = '\x1B';
    private const char Bell = '\a';
    private const char Cancel = '\x18';
    private const char Substitute = '\x1A';
    private const char StringTerminator = '\x9C';

    private static readonly char[] s_stringEnds = [Bell, Escape, Cancel, Substitute, StringTerminator];

    /// <summary>Whether a character is a control character.</summary>
    /// <param name="character">The character.</param>
    public static bool Contains(char character) => character switch
    {
        '\n' or '\t' => false,
        < ' ' => true,
        < '\x7F' => false,
        <= '\x9F' => true,
        '\u061C' or '\u200E' or '\u200F' => true,
        // Line and paragraph separators, embeddings and overrides.
        >= '\u2028' and <= '\u202E' => true,
        // Isolates, and marks that Unicode deprecates.
        >= '\u2066' and <= '\u206F' => true,
        _ => false,
    };

    /// <summary>Removes the control characters, and escape sequences as a whole. Any line break becomes a line feed; half of a surrogate
    /// pair becomes U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The same instance if there is nothing to remove.</returns>
    public static string Remove(string text)
    {
        var index = 0;
        while (index < text.Length && !IsAffected(text, ref index))
        {
            index++;
        }

        return index < text.Length ? RemoveFrom(text, index) : text;
    }

    // Skips the first half of a complete surrogate pair.
    private static bool IsAffected(string text, ref int index)
    {
        var character = text[index];
        if (character is >= ' ' and < '\x7F')
        {
            return false;
        }

        if (!char.IsSurrogate(character))
        {
            return Contains(character);
        }

        if (index + 1 < text.Length && char.IsSurrogatePair(character, text[index + 1]))
        {
            index++;
            return false;
        }

        return true;
    }

    private static string RemoveFrom(string text, int start)
    {
        var clean = new StringBuilder(text.Length).Append(text, 0, start);
        // If no terminator follows one introducer, none follows the later ones either. This keeps the search linear.
        var hasStringEnd = true;
        for (var index = start; index < text.Length; index++)
        {
            var from = index;
            if (!IsAffected(text, ref index))
            {
                clean.Append(text, from, index - from + 1);
            }
            else if (char.IsSurrogate(text[index]))
            {
                clean.Append('\uFFFD');
            }
            else if (IsLineBreak(text, index))
            {
                clean.Append('\n');
            }
            else
            {
                index += SequenceLength(text, index, ref hasStringEnd) - 1;
            }
        }

        return clean.ToString();
    }

    private static bool IsLineBreak(string text, int index) => text[index] switch
    {
        '\r' => index + 1 == text.Length || text[index + 1] != '\n',
        '\v' or '\f' or '\x85' or '\u2028' or '\u2029' => true,
        _ => false,
    };

    // ECMA-48, 5.4 and 5.6.
    private static int SequenceLength(string text, int start, ref bool hasStringEnd)
    {
        var isEscape = text[start] == Escape && start + 1 < text.Length;
        var kind = isEscape ? text[start + 1] : (char)(text[start] - 0x40);
        var length = isEscape ? 2 : 1;
        if (!isEscape && text[start] is not (>= '\x80' and <= '\x9F'))
        {
            return 1;
        }

        return kind switch
        {
            '[' => length + ControlSequenceLength(text, start + length),
            ']' or 'P' or 'X' or '^' or '_' => length + StringLength(text, start + length, ref hasStringEnd),
            >= ' ' and <= '/' => 1 + FinalLength(text, start + 1),
            >= '0' and <= '~' => length,
            _ => 1,
        };
    }

    private static int ControlSequenceLength(string text, int start)
    {
        var index = start;
        while (index < text.Length && text[index] is >= '0' and <= '?')
        {
            index++;
        }

        return index - start + FinalLength(text, index);
    }

    private static int FinalLength(string text, int start)
    {
        var index = start;
        while (index < text.Length && text[index] is >= ' ' and <= '/')
        {
            index++;
        }

        // Without an end it is not a sequence, and may be text.
        return index < text.Length && text[index] is >= '0' and <= '~' ? index - start + 1 : 0;
    }

    private static int StringLength(string text, int start, ref bool hasStringEnd)
    {
        var end = hasStringEnd ? text.IndexOfAny(s_stringEnds, start) : -1;
        if (end < 0)
        {
            // The text after an introducer without an end may be the whole message of the service.
            hasStringEnd = false;
            return 0;
        }

        return text[end] == Escape ? end - start : end - start + 1;
    }
}
