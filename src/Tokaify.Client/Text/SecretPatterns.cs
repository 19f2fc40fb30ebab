using System.Text;

namespace Tokaify;

/// <summary>The forms in which secrets may stand in a text: as they are, and as Base64 at each alignment.</summary>
internal sealed class SecretPatterns
{
    /// <summary>So many consecutive characters of a secret are part of it, and no coincidence.</summary>
    public const int PartLength = 8;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // The parts, at the place of their hash or the next free one. No part is 0: there are no NULs in what is compared.
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

        // A quarter of it is used at the most.
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

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => _forms.Count == 0 && _contexts.Count == 0;

    /// <summary>Where secrets stand that are too short to be told from other text by themselves.</summary>
    public IReadOnlyList<Context> Contexts => _contexts;

    /// <summary>What a text is compared with, whole or in part.</summary>
    public IEnumerable<string> All => _forms.Concat(_contexts.Select(context => context.Before + context.Text + context.After));

    /// <summary>The last <see cref="PartLength"/> characters as a number, the next one taken in: of each, the lower byte.</summary>
    public static ulong Roll(ulong window, char next) => (window << 8) | (byte)next;

    /// <summary>Whether characters may be a part of a secret. If they are not ASCII, <see cref="IsPart"/> tells.</summary>
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
        // As forms are encoded.
        Add(secret.Text.Replace(' ', '+'));
        foreach (var bytes in Encodings(secret.Text))
        {
            // As a header or a percent escape shows what is not ASCII: a character for each byte.
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

    // As a text is compared: without what cannot be seen, then without escapes.
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

    // The characters that depend on these bytes alone, with so many others before them.
    private static string Base64(byte[] bytes, int offset)
    {
        var base64 = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var start = ((offset * 8) + 5) / 6;
        return base64.Substring(start, ((offset + bytes.Length) * 8 / 6) - start);
    }

    /// <summary>A place where a secret stands.</summary>
    /// <param name="Before">What is before it, in any case.</param>
    /// <param name="Text">The secret.</param>
    /// <param name="After">What is after it; empty for anything that cannot belong to it.</param>
    public readonly record struct Context(string Before, string Text, string After = "");
}
