using System.Text;

namespace Tokaify;

/// <summary>Removes secrets from texts: whole secrets, parts of them, and their escaped or encoded forms.</summary>
/// <param name="patterns">The forms of the secrets.</param>
internal sealed class SecretRemover(SecretPatterns patterns)
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Mask = "****";

    // A long text is read in overlapping pieces, so that a secret across a border is found. With the data for each character, they stay
    // below the size of the large object heap.
    private const int PieceLength = 12 * 1024;
    private const int Overlap = 4 * 1024;

    /// <summary>Replaces each secret, and each part of one, by a mask.</summary>
    /// <returns>The same instance if there is none.</returns>
    public string Remove(string text) => patterns.IsEmpty || IsPlain(text) ? text : Replace(text, Find(text));

    /// <summary>Removes a possible beginning of a secret, however short, from the end of a text that was cut.</summary>
    public string RemoveCut(string text)
    {
        if (patterns.IsEmpty)
        {
            return text;
        }

        // The rest of a cut character.
        text = text.TrimEnd('\uFFFD');
        var offset = Math.Max(0, text.Length - Overlap);
        var tail = text.Substring(offset);
        var end = SecretView.AllOf(tail).Concat(SecretView.AllOf(tail, keepsSpaces: true)).Min(FindCut);
        return text.Substring(0, offset + end);
    }

    /// <summary>Whether bytes may contain a secret. If this returns false, they certainly contain none.</summary>
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

    // True for most texts: they have no escapes, and no part of them resembles a secret.
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

    // Joins overlapping parts; all parts of a secret overlap.
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
