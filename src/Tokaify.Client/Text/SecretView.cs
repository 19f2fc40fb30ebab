using System.Text;

namespace Tokaify;

/// <summary>A text in the form in which it is compared with secrets, with the position of each of its characters in the original
/// text.</summary>
internal sealed class SecretView
{
    // The limit for nested escapes: more layers than any gateway adds.
    private const int DeepestEscape = 8;

    private readonly bool _keepsSpaces;
    private readonly int[] _starts;
    private readonly int[] _ends;

    private SecretView(StringBuilder text, int[] starts, int[] ends, bool keepsSpaces)
    {
        Text = text.ToString();
        _starts = starts;
        _ends = ends;
        _keepsSpaces = keepsSpaces;
    }

    /// <summary>The text in the form in which it is compared.</summary>
    public string Text { get; }

    /// <summary>Returns a text without invisible characters, then also without its escapes, then without the escapes inside them, and so
    /// on.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsSpaces">Whether spaces are kept.</param>
    public static IEnumerable<SecretView> AllOf(string text, bool keepsSpaces = false)
    {
        var view = Of(text, keepsSpaces);
        for (var depth = 0; view is not null && depth < DeepestEscape; depth++)
        {
            yield return view;
            view = view.Decode();
        }
    }

    /// <summary>Returns the position in the original text at which a character begins.</summary>
    public int StartOf(int index) => _starts[index];

    /// <summary>Returns the position in the original text at which the character before an index ends; 0 for the beginning.</summary>
    public int EndBefore(int index) => index == 0 ? 0 : _ends[index - 1];

    private static SecretView Of(string text, bool keepsSpaces)
    {
        var builder = new Builder(text.Length, keepsSpaces);
        for (var index = 0; index < text.Length; index++)
        {
            builder.Add(text[index], index, index + 1);
        }

        return builder.ToView();
    }

    private SecretView? Decode()
    {
        var hasEscapes = false;
        var builder = new Builder(Text.Length, _keepsSpaces);
        for (var index = 0; index < Text.Length; index++)
        {
            var length = EscapeSequence.Read(Text, index, out var characters);
            if (length == 0)
            {
                builder.Add(Text[index], _starts[index], _ends[index]);
                continue;
            }

            hasEscapes = true;
            foreach (var character in characters)
            {
                builder.Add(character, _starts[index], _ends[index + length - 1]);
            }

            index += length - 1;
        }

        return hasEscapes ? builder.ToView() : null;
    }

    private sealed class Builder(int capacity, bool keepsSpaces)
    {
        private readonly StringBuilder _text = new(capacity);
        private readonly int[] _starts = new int[capacity];
        private readonly int[] _ends = new int[capacity];
        private InvisibleCharacters _invisible = new(keepsSpaces);

        public void Add(char character, int start, int end)
        {
            if (!_invisible.TryTake(character))
            {
                _starts[_text.Length] = start;
                _ends[_text.Length] = end;
                _text.Append(character);
            }
        }

        public SecretView ToView() => new(_text, _starts, _ends, keepsSpaces);
    }
}
