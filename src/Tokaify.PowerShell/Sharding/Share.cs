using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>One of several equal shares of all sources. Each source belongs to exactly one of them, the same on every machine.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Count">The number of shares.</param>
internal sealed record Share(int Number, int Count)
{
    private const string Form = "Write it as 3/8, the third of eight, or as Auto or Auto/8 where an engine numbers the tasks.";

    private static readonly Regex s_form = new("^(?:(?<auto>auto)|(?<number>[0-9]{1,9}))(?:/(?<count>[0-9]{1,9}))?\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">Such as <c>3/8</c>, <c>Auto</c> or <c>Auto/8</c>.</param>
    /// <param name="environment">The value of an environment variable; null for none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is not a share, or no engine tells which.</exception>
    public static Share Parse(string text, Func<string, string?> environment)
    {
        var match = s_form.Match(text);
        if (!match.Success)
        {
            throw Invalid($"'{text}' is not a share. {Form}");
        }

        var isAuto = match.Groups["auto"].Success;
        if (!match.Groups["count"].Success)
        {
            return isAuto ? TaskEngine.Find(environment, count: null) : throw Invalid($"'{text}' does not say of how many shares. {Form}");
        }

        var count = Read(match.Groups["count"]);
        if (count < 1)
        {
            throw Invalid($"'{text}' asks for a share of none. {Form}");
        }

        return isAuto
            ? TaskEngine.Find(environment, count)
            : Of(Read(match.Groups["number"]), count) ?? throw Invalid($"'{text}' is not a share: they are numbered from 1 to {count}. {Form}");
    }

    /// <summary>A share; null if there is no such number.</summary>
    public static Share? Of(int number, int count) => number >= 1 && number <= count ? new Share(number, count) : null;

    /// <summary>Whether a source belongs to it.</summary>
    /// <param name="identity">What identifies the source, see <see cref="SourceIdentity"/>.</param>
    public bool Has(string identity) => NumberOf(identity, Count) == Number;

    /// <summary>The number of the share that a source belongs to: the first eight bytes of the SHA-256 of its identity in UTF-8, modulo
    /// the number of shares, plus one.</summary>
    public static int NumberOf(string identity, int count)
    {
        var digest = Sha256.Of(Encoding.UTF8.GetBytes(identity)).Substring(0, 16);
        return (int)(ulong.Parse(digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (ulong)count) + 1;
    }

    /// <summary>As users write it.</summary>
    public override string ToString() => $"{Number}/{Count}";

    private static int Read(Capture digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static TokaifyException Invalid(string message) => new(TokaifyErrorId.InvalidArgument, $"-Shard: {message}");
}
