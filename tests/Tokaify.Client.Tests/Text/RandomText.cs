using System.Text;

namespace Tokaify.Tests.Text;

/// <summary>Creates texts of a service, with or without secrets.</summary>
internal static class RandomText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=&%\\\"'<>";

    private static readonly string[] s_words =
    [
        "The ", "key", " ", "\n", "\t", "é", "😀", "👨‍👩‍👧", "نص", "\\", "%", "%4", "&", "&amp;", "\\u00", "\\n", "{", "\"", "<b>", ":", "@", "//", "=", "Basic ", "AbCd",
    ];

    private static readonly string[] s_controls = ["\u001B[31m", "\u001B]0;x\a", "\u009B1m", "\0", "\u202E", "\u2066", "\r\n", "\b", "\u001B"];

    private static readonly Func<string, string>[] s_forms = [.. SecretForms.All.Values];

    /// <summary>A key or a password.</summary>
    public static string Secret(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(16, 60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    /// <summary>A text that holds no control character.</summary>
    public static string Plain(Random random)
    {
        var text = new StringBuilder();
        for (var count = random.Next(40); count > 0; count--)
        {
            text.Append(s_words[random.Next(s_words.Length)]);
        }

        return text.ToString();
    }

    /// <summary>A text with a secret in it, some control characters, and perhaps a part of the secret.</summary>
    public static string With(string secret, Random random)
    {
        var text = new StringBuilder();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            text.Append(Plain(random));
            text.Append(random.Next(2) == 0 ? s_controls[random.Next(s_controls.Length)] : "");
            text.Append(s_forms[random.Next(s_forms.Length)](secret));
            text.Append(random.Next(2) == 0 ? s_controls[random.Next(s_controls.Length)] : "");
        }

        return text.Append(Plain(random)).ToString();
    }
}
