using System.Text;

namespace Tokaify;

/// <summary>Removes the connection's secrets and control characters from text that comes from outside. All text of a relay, a proxy or the
/// network stack passes this class before it becomes part of a message or a result.</summary>
/// <remarks>Texts are shortened afterwards, never before, because a part of a secret could no longer be recognized.</remarks>
internal sealed class TextSanitizer
{
    /// <summary>The greatest length of a name, such as a request's id or a model's version.</summary>
    public const int NameLength = 256;

    private const char Ellipsis = '…';

    private readonly Lazy<SecretRemover> _secrets;

    private TextSanitizer(Func<IEnumerable<Secret>> secrets) =>
        _secrets = new Lazy<SecretRemover>(() => new SecretRemover(new SecretPatterns(secrets())));

    /// <summary>Creates a sanitizer for a connection's secrets. They are read when the first text arrives.</summary>
    public static TextSanitizer For(TokaifyConnection connection) => new(() => ConnectionSecrets.Of(connection));

    /// <summary>Creates a sanitizer for given secrets.</summary>
    public static TextSanitizer For(params Secret[] secrets) => new(() => secrets);

    private SecretRemover Secrets => _secrets.Value;

    /// <summary>Cleans a text of one or more lines.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="isCut">Whether the text is longer and the rest was not read.</param>
    /// <returns>The same instance if there is nothing to remove.</returns>
    public string Lines(string text, bool isCut = false)
    {
        var clean = Secrets.Remove(ControlCharacters.Remove(text));
        return isCut ? Secrets.RemoveCut(clean) : clean;
    }

    /// <summary>Cleans a text, and puts it into one line.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="isCut">Whether the text is longer and the rest was not read.</param>
    public string Line(string text, bool isCut = false) => InOneLine(Lines(text, isCut));

    /// <summary>Joins texts that have passed the sanitizer, with line feeds. The result is cleaned again, because pieces of a secret may be
    /// too short to be recognized by themselves.</summary>
    /// <returns>Null if there is no text.</returns>
    public string? Join(List<string> texts) => texts.Count switch
    {
        0 => null,
        1 => texts[0],
        _ => Lines(string.Join("\n", texts)),
    };

    /// <summary>Cleans and shortens a name, such as a request's id.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="isCut">Whether the text is longer and the rest was not read.</param>
    public string Name(string text, bool isCut = false) => Shorten(Line(text, isCut), NameLength);

    /// <summary>Cleans a part of a conversation, which is sent back to the service unchanged except for secrets.</summary>
    /// <param name="text">The text as it came.</param>
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

    /// <summary>Cleans the cause of an error, so that it can be shown with the error.</summary>
    /// <returns>The same instance if nothing has to be removed.</returns>
    public Exception Cause(Exception cause)
    {
        // The text of an exception has the line breaks of the platform.
        var said = cause.ToString().Replace("\r\n", "\n");
        return !HoldsMore(cause) && ReferenceEquals(Lines(said), said)
            ? cause
            : new CleanedException(
                $"{cause.GetType()}: {ServiceWords.Shorten(Lines(cause.Message))}",
                cause.InnerException is null ? null : Cause(cause.InnerException));
    }

    /// <summary>Shortens a text without splitting a surrogate pair.</summary>
    /// <param name="text">The text; it has passed the sanitizer.</param>
    /// <param name="length">The greatest length, without the ellipsis.</param>
    public static string Shorten(string text, int length) => text.Length <= length
        ? text
        : text.Substring(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length) + Ellipsis;

    /// <summary>Replaces line breaks and tabs of a text by spaces.</summary>
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

    // Returns whether an exception contains more than its text: an exception of .NET Framework holds the response with its headers, and a
    // message may contain a very long status line.
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
