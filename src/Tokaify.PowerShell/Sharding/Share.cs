using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>One of several equal shares of all sources. Each source belongs to exactly one share, the same one on every machine.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Count">The number of shares.</param>
internal sealed record Share(int Number, int Count)
{
    private const string Form = "Write 3/8 for the third of eight shares, or Auto or Auto/8 if an engine numbers the tasks.";

    private static readonly Regex s_form = new("^(?:(?<auto>auto)|(?<number>[0-9]{1,9}))(?:/(?<count>[0-9]{1,9}))?\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Parses the user's text.</summary>
    /// <param name="text">The text, such as <c>3/8</c>, <c>Auto</c> or <c>Auto/8</c>.</param>
    /// <param name="environment">Returns the value of an environment variable; null if it is not set.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the text is not a share, or the task engine does
    /// not give a number.</exception>
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
            return isAuto ? TaskEngine.Find(environment, count: null) : throw Invalid($"'{text}' lacks the number of shares. {Form}");
        }

        var count = Read(match.Groups["count"]);
        if (count < 1)
        {
            throw Invalid($"'{text}' has 0 shares. {Form}");
        }

        return isAuto
            ? TaskEngine.Find(environment, count)
            : Of(Read(match.Groups["number"]), count) ?? throw Invalid($"'{text}' is not a share: they are numbered from 1 to {count}. {Form}");
    }

    /// <summary>Returns a share; null if the number is not between 1 and the count.</summary>
    public static Share? Of(int number, int count) => number >= 1 && number <= count ? new Share(number, count) : null;

    /// <summary>Whether a source belongs to it.</summary>
    /// <param name="identity">The identity of the source, see <see cref="SourceIdentity"/>.</param>
    public bool Has(string identity) => NumberOf(identity, Count) == Number;

    /// <summary>The number of the share that a source belongs to: the first eight bytes of the SHA-256 of its identity in UTF-8, modulo
    /// the number of shares, plus one.</summary>
    public static int NumberOf(string identity, int count)
    {
        var digest = Sha256.OfText(identity).Substring(0, 16);
        return (int)(ulong.Parse(digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (ulong)count) + 1;
    }

    /// <summary>The share in the user's form, such as <c>3/8</c>.</summary>
    public override string ToString() => $"{Number}/{Count}";

    private static int Read(Capture digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static TokaifyException Invalid(string message) => new(TokaifyErrorId.InvalidArgument, $"-Shard: {message}");
}
