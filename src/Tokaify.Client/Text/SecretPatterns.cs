using System.Text;

namespace Tokaify;

/// <summary>The forms in which secrets may stand in a text: as they are, and as Base64 at each alignment.</summary>
internal sealed class SecretPatterns
{
    /// <summary>So many consecutive characters of a secret are part of it, and no coincidence.</summary>
    public const int PartLength = 8;

    private const int TableLength = 1 << 16;
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // A bit for each hash of a part: nearly every text is passed by it alone.
    private readonly ulong[] _table = new ulong[TableLength / 64];
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

        foreach (var form in _forms)
        {
            for (var start = 0; start + PartLength <= form.Length; start++)
            {
                Mark(form, start);
            }
        }
    }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => _forms.Count == 0 && _contexts.Count == 0;

    /// <summary>Where secrets stand that are too short to be told from other text by themselves.</summary>
    public IReadOnlyList<Context> Contexts => _contexts;

    /// <summary>What a text is compared with, whole or in part.</summary>
    public IEnumerable<string> All => _forms.Concat(_contexts.Select(context => context.Before + context.Text + context.After));

    /// <summary>The hash of the last <see cref="PartLength"/> characters, one more of them taken in.</summary>
    public static ulong Roll(ulong window, char next) => (window << 8) | (byte)next;

    /// <summary>Whether the characters of a rolling hash may be a part of a secret; <see cref="IsPart"/> tells.</summary>
    public bool MayBePart(ulong window)
    {
        var bit = Index(window);
        return (_table[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

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

    private static int Index(ulong window) => (int)((window * Multiplier) >> 48);

    private void Mark(string form, int start)
    {
        var window = 0UL;
        for (var index = start; index < start + PartLength; index++)
        {
            window = Roll(window, form[index]);
        }

        var bit = Index(window);
        _table[bit >> 6] |= 1UL << (bit & 63);
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
