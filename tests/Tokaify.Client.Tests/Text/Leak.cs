using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify.Tests.Text;

/// <summary>Searches for a secret in visible text, with the framework's decoders and without the client's code.</summary>
internal static class Leak
{
    private const int PartLength = 8;
    private const int Rounds = 4;

    private static readonly Regex s_jsonEscape = new(@"\\(?:u([0-9A-Fa-f]{4})|([\\/""]))");

    private static readonly Regex s_base64 = new("[A-Za-z0-9+/_-]{10,}");

    private static readonly Regex s_lineBreak = new(@"[\r\n]");

    // Lines are kept separate.
    private static readonly Regex s_invisible = new(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\n]]");

    private static readonly Regex s_control = new(@"[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069-[\t\n]]");

    /// <summary>A part of the secret that a text shows, directly or in an encoded form; null if there is none.</summary>
    public static string? Find(string text, string secret)
    {
        var parts = Enumerable.Range(0, secret.Length - PartLength + 1).Select(start => secret.Substring(start, PartLength)).ToList();
        return Readings(text)
            .SelectMany(reading => (string[])[reading, s_invisible.Replace(reading, "")])
            .Distinct()
            .SelectMany(reading => parts.Where(part => reading.Contains(part, StringComparison.Ordinal)))
            .FirstOrDefault();
    }

    /// <summary>A control character in a text; null if there is none.</summary>
    public static string? FindControl(string text) =>
        s_control.Match(text) is { Success: true } match
            ? string.Create(CultureInfo.InvariantCulture, $"U+{(int)match.Value[0]:X4} at {match.Index}")
            : null;

    private static HashSet<string> Readings(string text)
    {
        var readings = new HashSet<string>(StringComparer.Ordinal) { text };
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var reading in readings.ToList())
            {
                readings.Add(WebUtility.HtmlDecode(reading));
                readings.Add(Uri.UnescapeDataString(reading));
                readings.Add(s_jsonEscape.Replace(reading, match => match.Groups[1].Success
                    ? ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
                    : match.Groups[2].Value));
            }
        }

        foreach (var reading in readings.ToList())
        {
            readings.UnionWith(Decoded(s_lineBreak.Replace(reading, "")));
        }

        return readings;
    }

    private static IEnumerable<string> Decoded(string text) =>
        from Match run in s_base64.Matches(text)
        from offset in Enumerable.Range(0, 4)
        where run.Length - offset >= 4
        let base64 = run.Value[offset..].Replace('-', '+').Replace('_', '/')
        select Encoding.Latin1.GetString(Convert.FromBase64String(base64[..(base64.Length / 4 * 4)]));
}
