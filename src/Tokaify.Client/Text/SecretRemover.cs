using System.Text;

namespace Tokaify;

/// <summary>Removes secrets from texts: whole, in part, and in the escapes and encodings that services repeat them in.</summary>
/// <param name="patterns">What to look for.</param>
internal sealed class SecretRemover(SecretPatterns patterns)
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "****";

    // A long text is read in pieces that overlap, so that no secret lies across a border unseen. With what is remembered of each
    // character they stay below the size that the framework keeps for long.
    private const int PieceLength = 12 * 1024;
    private const int Overlap = 4 * 1024;

    /// <summary>Puts a mask in the place of each secret and of each part of one.</summary>
    /// <returns>The same instance if there is none.</returns>
    public string Remove(string text) => patterns.IsEmpty || IsPlain(text) ? text : Replace(text, Find(text));

    /// <summary>Removes from the end of a text that was cut what may be the beginning of a secret, however short.</summary>
    public string RemoveCut(string text)
    {
        if (patterns.IsEmpty)
        {
            return text;
        }

        // What is left of a character that was cut.
        text = text.TrimEnd('\uFFFD');
        var offset = Math.Max(0, text.Length - Overlap);
        var tail = text.Substring(offset);
        var end = SecretView.AllOf(tail).Concat(SecretView.AllOf(tail, keepsSpaces: true)).Min(FindCut);
        return text.Substring(0, offset + end);
    }

    /// <summary>Whether bytes may hold a secret: that they hold none is certain.</summary>
    public bool MayFind(ReadOnlySpan<byte> utf8)
    {
        var window = 0UL;
        foreach (var value in utf8)
        {
            window = SecretPatterns.Roll(window, (char)value);
            if (value is <= (byte)' ' or >= 0x7F || EscapeSequence.IsIntroducer((char)value) || patterns.MayBePart(window))
            {
                return !patterns.IsEmpty;
            }
        }

        return patterns.Contexts.Count > 0;
    }

    // Most texts end here: they have no escapes, and nothing in them is like a secret.
    private bool IsPlain(string text)
    {
        var window = 0UL;
        var invisible = new InvisibleCharacters(keepsSpaces: false);
        foreach (var character in text)
        {
            if (invisible.TryTake(character))
            {
                continue;
            }

            window = SecretPatterns.Roll(window, character);
            if (EscapeSequence.IsIntroducer(character) || patterns.MayBePart(window))
            {
                return false;
            }
        }

        return patterns.Contexts.Count == 0;
    }

    private List<Range> Find(string text)
    {
        var ranges = new List<Range>();
        for (var offset = 0; offset < text.Length; offset += PieceLength)
        {
            var piece = text.Length <= PieceLength + Overlap && offset == 0
                ? text
                : text.Substring(offset, Math.Min(PieceLength + Overlap, text.Length - offset));
            foreach (var view in SecretView.AllOf(piece))
            {
                FindParts(view, offset, ranges);
            }

            if (patterns.Contexts.Count > 0)
            {
                foreach (var view in SecretView.AllOf(piece, keepsSpaces: true))
                {
                    FindInContext(view, offset, ranges);
                }
            }

            if (ReferenceEquals(piece, text))
            {
                break;
            }
        }

        return ranges;
    }

    private void FindParts(SecretView view, int offset, List<Range> ranges)
    {
        const int Length = SecretPatterns.PartLength;
        var window = 0UL;
        for (var index = 0; index < view.Text.Length; index++)
        {
            window = SecretPatterns.Roll(window, view.Text[index]);
            var start = index + 1 - Length;
            if (patterns.MayBePart(window) && start >= 0 && patterns.IsPart(view.Text.AsSpan(start, Length)))
            {
                Add(ranges, offset + view.StartOf(start), offset + view.EndBefore(index + 1));
            }
        }
    }

    // Parts that overlap, as all parts of a secret do, are one.
    private static void Add(List<Range> ranges, int start, int end)
    {
        if (ranges.Count > 0 && ranges[ranges.Count - 1] is var last && start >= last.Start && start <= last.End)
        {
            ranges[ranges.Count - 1] = new Range(last.Start, Math.Max(last.End, end));
        }
        else
        {
            ranges.Add(new Range(start, end));
        }
    }

    private void FindInContext(SecretView view, int offset, List<Range> ranges)
    {
        foreach (var context in patterns.Contexts)
        {
            for (var at = 0; (at = view.Text.IndexOf(context.Before, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            {
                var start = at + context.Before.Length;
                var end = start + context.Text.Length;
                if (string.CompareOrdinal(view.Text, start, context.Text, 0, context.Text.Length) == 0
                    && IsFollowed(view.Text, end, context.After))
                {
                    ranges.Add(new Range(offset + view.StartOf(start), offset + view.EndBefore(end)));
                }
            }
        }
    }

    private static bool IsFollowed(string text, int at, string after) => after.Length > 0
        ? string.CompareOrdinal(text, at, after, 0, after.Length) == 0
        : at == text.Length || !char.IsLetterOrDigit(text[at]);

    private int FindCut(SecretView view)
    {
        var text = view.Text.Substring(0, EscapeSequence.FindCut(view.Text));
        var longest = 0;
        foreach (var form in patterns.All)
        {
            var length = Math.Min(form.Length - 1, text.Length);
            while (length > longest && string.CompareOrdinal(text, text.Length - length, form, 0, length) != 0)
            {
                length--;
            }

            longest = Math.Max(longest, length);
        }

        return view.EndBefore(text.Length - longest);
    }

    private static string Replace(string text, List<Range> ranges)
    {
        if (ranges.Count == 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var end = -1;
        foreach (var range in ranges.OrderBy(range => range.Start))
        {
            if (range.Start > end)
            {
                clean.Append(text, Math.Max(end, 0), range.Start - Math.Max(end, 0)).Append(Mask);
            }

            end = Math.Max(end, range.End);
        }

        return clean.Append(text, end, text.Length - end).ToString();
    }

    private readonly record struct Range(int Start, int End);
}
