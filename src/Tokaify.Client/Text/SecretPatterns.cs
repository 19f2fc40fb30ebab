using System.Text;

namespace Tokaify;

/// <summary>The forms in which a secret can occur in a text: unchanged, and as Base64 at each alignment.</summary>
internal sealed class SecretPatterns
{
    /// <summary>The number of consecutive characters of a secret that are taken for a part of it, and not for a coincidence.</summary>
    public const int PartLength = 8;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // A hash table of the parts, with open addressing. No part is 0, because the compared texts contain no NUL.
    private readonly ulong[] _table;
    private readonly int _shift;
    private readonly HashSet<string> _forms = new(StringComparer.Ordinal);
    private readonly List<Context> _contexts = [];

    public SecretPatterns(IEnumerable<Secret> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret.Text.Length < PartLength)
            {
                AddContexts(secret);
            }
            else
            {
                AddForms(secret);
            }
        }

        // At most a quarter of the table is used.
        var bits = 6;
        while (1 << bits < _forms.Sum(form => form.Length) * 4)
        {
            bits++;
        }

        _table = new ulong[1 << bits];
        _shift = 64 - bits;
        foreach (var form in _forms)
        {
            AddParts(form);
        }
    }

    /// <summary>Whether there are no secrets.</summary>
    public bool IsEmpty => _forms.Count == 0 && _contexts.Count == 0;

    /// <summary>The contexts of secrets that are too short to be recognized by themselves.</summary>
    public IReadOnlyList<Context> Contexts => _contexts;

    /// <summary>All forms with which a text is compared, as a whole or in part.</summary>
    public IEnumerable<string> All => _forms.Concat(_contexts.Select(context => context.Before + context.Text + context.After));

    /// <summary>Returns the last <see cref="PartLength"/> characters as a number, after adding the next one. It contains the lower byte of
    /// each.</summary>
    public static ulong Roll(ulong window, char next) => (window << 8) | (byte)next;

    /// <summary>Whether characters may be a part of a secret. If they are not ASCII, <see cref="IsPart"/> decides.</summary>
    public bool MayBePart(ulong window) => _table[FindPlace(window)] != 0;

    /// <summary>Whether <see cref="PartLength"/> characters are a part of a secret.</summary>
    public bool IsPart(ReadOnlySpan<char> part)
    {
        foreach (var form in _forms)
        {
            if (form.AsSpan().IndexOf(part) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private int FindPlace(ulong window)
    {
        var place = (int)((window * Multiplier) >> _shift);
        while (_table[place] != window && _table[place] != 0)
        {
            place = (place + 1) & (_table.Length - 1);
        }

        return place;
    }

    private void AddParts(string form)
    {
        var window = 0UL;
        for (var index = 0; index < form.Length; index++)
        {
            window = Roll(window, form[index]);
            if (index + 1 >= PartLength)
            {
                _table[FindPlace(window)] = window;
            }
        }
    }

    private void AddForms(Secret secret)
    {
        Add(secret.Text);
        // In HTML forms, a space becomes a plus sign.
        Add(secret.Text.Replace(' ', '+'));
        foreach (var bytes in Encodings(secret.Text))
        {
            // In a header or a percent escape, a character outside ASCII appears as one character for each byte.
            Add(Latin1(bytes));
            for (var offset = 0; offset < 3; offset++)
            {
                AddBase64(Base64(bytes, offset));
            }

            AddBase64(Convert.ToBase64String(bytes));
        }

        if (secret.UserName is not null)
        {
            Encodings($"{secret.UserName}:{secret.Text}").ForEach(bytes => AddBase64(Convert.ToBase64String(bytes)));
        }
    }

    private void AddContexts(Secret secret)
    {
        foreach (var form in SecretView.AllOf(secret.Text, keepsSpaces: true).Select(view => view.Text).Where(form => form.Length > 0))
        {
            _contexts.Add(new Context(":", form, "@"));
            _contexts.Add(new Context("//", form, "@"));
            _contexts.Add(new Context("Bearer ", form));
            _contexts.Add(new Context("Basic ", form));
            _contexts.Add(new Context("Authorization: ", form));
        }

        foreach (var bytes in Encodings($"{secret.UserName}:{secret.Text}"))
        {
            _contexts.Add(new Context("Basic ", Convert.ToBase64String(bytes)));
        }
    }

    private void AddBase64(string base64)
    {
        Add(base64);
        Add(base64.Replace('+', '-').Replace('/', '_'));
    }

    // Adds a secret in the forms in which a text is compared: without invisible characters, then without escapes.
    private void Add(string form) =>
        _forms.UnionWith(SecretView.AllOf(form).Select(view => view.Text).Where(text => text.Length >= PartLength));

    private static List<byte[]> Encodings(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return text.Any(character => character > '\x7F')
            ? [utf8, [.. text.Select(character => character > '\xFF' ? (byte)'?' : (byte)character)]]
            : [utf8];
    }

    private static string Latin1(byte[] bytes) => new([.. bytes.Select(value => (char)value)]);

    // Returns the Base64 characters that depend only on these bytes, if a number of other bytes precedes them.
    private static string Base64(byte[] bytes, int offset)
    {
        var base64 = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var start = ((offset * 8) + 5) / 6;
        return base64.Substring(start, ((offset + bytes.Length) * 8 / 6) - start);
    }

    /// <summary>A context in which a secret occurs.</summary>
    /// <param name="Before">The text before it, compared without case.</param>
    /// <param name="Text">The secret.</param>
    /// <param name="After">The text after it; empty for any character that cannot be part of it.</param>
    public readonly record struct Context(string Before, string Text, string After = "");
}
