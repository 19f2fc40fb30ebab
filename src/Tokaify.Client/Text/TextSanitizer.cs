using System.Text;

namespace Tokaify;

/// <summary>The one door through which text from outside enters: whatever a relay, a proxy or the network stack says. It removes
/// the connection's secrets and control characters.</summary>
/// <remarks>Texts are shortened behind it, never before: half of a secret could not be recognized any more.</remarks>
internal sealed class TextSanitizer
{
    /// <summary>The greatest length of a name, such as a request's id or a model's version.</summary>
    public const int NameLength = 256;

    private const char Ellipsis = '…';

    private readonly Lazy<SecretRemover> _secrets;

    private TextSanitizer(Func<IEnumerable<Secret>> secrets) =>
        _secrets = new Lazy<SecretRemover>(() => new SecretRemover(new SecretPatterns(secrets())));

    /// <summary>Removes a connection's secrets. They are read when the first text comes.</summary>
    public static TextSanitizer For(TokaifyConnection connection) => new(() => ConnectionSecrets.Of(connection));

    /// <summary>Removes certain secrets.</summary>
    public static TextSanitizer For(params Secret[] secrets) => new(() => secrets);

    private SecretRemover Secrets => _secrets.Value;

    /// <summary>A text of one or more lines.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="isCut">Whether more of it came that was not read.</param>
    /// <returns>The same instance if there is nothing to remove.</returns>
    public string Lines(string text, bool isCut = false)
    {
        var clean = Secrets.Remove(ControlCharacters.Remove(text));
        return isCut ? Secrets.RemoveCut(clean) : clean;
    }

    /// <summary>A text in one line.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="isCut">Whether more of it came that was not read.</param>
    public string Line(string text, bool isCut = false) => InOneLine(Lines(text, isCut));

    /// <summary>Texts that belong together, each behind a line feed. They have passed the door: but of a secret that comes in pieces,
    /// each may hold too little to be recognized.</summary>
    /// <returns>Null for none.</returns>
    public string? Join(List<string> texts) => texts.Count switch
    {
        0 => null,
        1 => texts[0],
        _ => Lines(string.Join("\n", texts)),
    };

    /// <summary>A name, such as a request's id.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="isCut">Whether more of it came that was not read.</param>
    public string Name(string text, bool isCut = false) => Shorten(Line(text, isCut), NameLength);

    /// <summary>A part of a conversation: it goes back to the service as it came, but for secrets.</summary>
    /// <param name="text">As it came.</param>
    /// <returns>The same instance if it holds no secret.</returns>
    public string Part(string text)
    {
        var part = Secrets.Remove(text);
        // Control characters may hide a secret, which would appear once they are removed.
        var shown = ControlCharacters.Remove(part);
        var clean = Secrets.Remove(shown);
        return ReferenceEquals(clean, shown) ? part : clean;
    }

    /// <summary>The same for UTF-8.</summary>
    /// <returns>The same instance if it holds no secret.</returns>
    public byte[] Part(byte[] utf8)
    {
        if (!Secrets.MayFind(utf8))
        {
            return utf8;
        }

        var text = Encoding.UTF8.GetString(utf8);
        var part = Part(text);
        return ReferenceEquals(part, text) ? utf8 : Encoding.UTF8.GetBytes(part);
    }

    /// <summary>The cause of an error as it may be shown with it.</summary>
    /// <returns>The same instance if nothing that it says has to be removed.</returns>
    public Exception Cause(Exception cause)
    {
        // Line breaks are the platform's in what an exception says of itself.
        var said = cause.ToString().Replace("\r\n", "\n");
        return !HoldsMore(cause) && ReferenceEquals(Lines(said), said)
            ? cause
            : new CleanedException(
                $"{cause.GetType()}: {ServiceWords.Shorten(Lines(cause.Message))}",
                cause.InnerException is null ? null : Cause(cause.InnerException));
    }

    /// <summary>Cuts a text, but no surrogate pair.</summary>
    /// <param name="text">The text; it has passed the door.</param>
    /// <param name="length">The greatest length, without the ellipsis.</param>
    public static string Shorten(string text, int length) => text.Length <= length
        ? text
        : text.Substring(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length) + Ellipsis;

    /// <summary>A text with its line breaks and tabs as spaces.</summary>
    public static string InOneLine(string text)
    {
        if (text.IndexOf('\n') < 0 && text.IndexOf('\t') < 0)
        {
            return text.Trim();
        }

        var line = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var isBreak = character is '\n' or '\t';
            if (!isBreak || (line.Length > 0 && line[line.Length - 1] != ' '))
            {
                line.Append(isBreak ? ' ' : character);
            }
        }

        return line.ToString().Trim();
    }

    // The response of .NET Framework's exceptions, headers and all; a status line without end.
    private static bool HoldsMore(Exception cause)
    {
        for (var exception = cause; exception is not null; exception = exception.InnerException)
        {
            if (exception is System.Net.WebException { Response: not null } || exception.Message.Length > ServiceWords.Longest)
            {
                return true;
            }
        }

        return false;
    }
}
