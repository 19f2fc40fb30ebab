using System.Globalization;
using System.Net;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Text;

/// <summary>The forms in which a service may repeat a secret, by name.</summary>
internal static class SecretForms
{
    public static IReadOnlyDictionary<string, Func<string, string>> All { get; } = new Dictionary<string, Func<string, string>>
    {
        ["whole"] = secret => secret,
        ["the first 8 characters"] = secret => secret[..8],
        ["the last 8 characters"] = secret => secret[^8..],
        ["the middle"] = secret => secret[4..^4],
        ["in words"] = secret => $"Incorrect key provided: {secret}. Find yours in the console.",
        ["in user info"] = secret => $"http://joe:{secret}@proxy.test:3128/",
        ["twice"] = secret => $"{secret}{secret} {secret}",
        ["JSON escapes"] = secret => Each(secret, @"\u{0:x4}"),
        ["JSON escapes, upper case"] = secret => Each(secret, @"\u{0:X4}"),
        ["one JSON escape in eight"] = secret => string.Concat(secret.Select(
            (character, index) => index % 8 == 5 ? Each(character.ToString(), @"\u{0:x4}") : character.ToString())),
        ["escaped slashes"] = secret => secret.Replace("/", @"\/", StringComparison.Ordinal),
        ["JSON in JSON"] = secret => Each(secret, @"\\u{0:x4}"),
        ["an escaped address"] = Uri.EscapeDataString,
        ["percent escapes"] = secret => Each(secret, "%{0:x2}"),
        ["percent escapes, upper case"] = secret => Each(secret, "%{0:X2}"),
        ["percent escapes in percent escapes"] = secret => Each(secret, "%25{0:X2}"),
        ["HTML entities"] = WebUtility.HtmlEncode,
        ["numbered entities"] = secret => Each(secret, "&#{0};"),
        ["hexadecimal entities"] = secret => Each(secret, "&#x{0:X};"),
        ["entities in entities"] = secret => Each(secret, "&amp;#{0};"),
        ["Base64"] = secret => Base64(secret),
        ["Base64 of user and password"] = secret => Base64($"joe:{secret}"),
        ["Base64 of a header"] = secret => Base64($"Proxy-Authorization: Basic {secret}\r\nHost: x"),
        ["Base64 behind one more"] = secret => Base64($"xx{secret}"),
        ["Base64 of a part"] = secret => Base64(secret[3..15]),
        ["Base64 for addresses"] = secret => Base64(secret).Replace('+', '-').Replace('/', '_'),
        ["escaped Base64"] = secret => Uri.EscapeDataString(Base64($"u:{secret}")),
        ["with zero-width spaces"] = secret => string.Join("\u200B", secret.ToCharArray()),
        ["with soft hyphens"] = secret => string.Join("\u00AD", secret.ToCharArray()),
        ["with variation selectors"] = secret => string.Join("\uFE0E", secret.ToCharArray()),
        ["with tags"] = secret => string.Join("\U000E0041", secret.ToCharArray()),
        ["with NULs"] = secret => string.Join("\0", secret.ToCharArray()),
        ["with colours"] = secret => string.Join("\u001B[31m", secret.ToCharArray()),
        ["with C1 colours"] = secret => string.Join("\u009B1;31m", secret.ToCharArray()),
        ["with titles"] = secret => string.Join("\u001B]0;x\a", secret.Chunk(5).Select(chunk => new string(chunk))),
        ["with overrides"] = secret => string.Join("\u202E", secret.Chunk(3).Select(chunk => new string(chunk))),
        ["wrapped"] = secret => string.Join("\r\n ", secret.Chunk(7).Select(chunk => new string(chunk))).Replace(" ", "", StringComparison.Ordinal),
    };

    /// <summary>The forms for a row of a theory: all of them. On .NET Framework each row has a different quarter of them, because an edit takes
    /// 60 ms of processor time on Mono.</summary>
    public static IEnumerable<KeyValuePair<string, Func<string, string>>> For(TheoryData<string> rows, string row)
    {
#if NET
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(row);
        return All;
#else
        const int Share = 4;
        var first = rows.Cast<object[]>().ToList().FindIndex(data => (string)data[0] == row) % Share;
        return All.Where((_, index) => index % Share == first);
#endif
    }

    private static string Each(string secret, string format) =>
        string.Concat(secret.Select(character => string.Format(CultureInfo.InvariantCulture, format, (int)character)));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
