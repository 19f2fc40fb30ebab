using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Writes HTML. Interpolated values are always encoded as text, so they cannot add markup.</summary>
internal sealed class HtmlWriter(TextWriter writer)
{
    private static readonly Encoder s_encoder = new();

    /// <summary>Writes markup. Interpolated values are encoded for text and for attributes in quotation marks.</summary>
    public void Write(FormattableString markup) => writer.Write(string.Format(s_encoder, markup.Format, markup.GetArguments()));

    /// <summary>Writes characters without encoding: markup of the page itself, or Base64.</summary>
    public void WriteRaw(char[] characters, int count) => writer.Write(characters, 0, count);

    /// <summary>Encodes a text.</summary>
    public static string Encode(string? text)
    {
        var html = new StringBuilder(text?.Length ?? 0);
        foreach (var character in text ?? "")
        {
            _ = character switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                // HTML cannot represent most of these characters, and the others change the direction of the text.
                _ when character != '\r' && ControlCharacters.Contains(character) => html.Append('\uFFFD'),
                _ => html.Append(character),
            };
        }

        return html.ToString();
    }

    private sealed class Encoder : IFormatProvider, ICustomFormatter
    {
        object? IFormatProvider.GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        string ICustomFormatter.Format(string? format, object? arg, IFormatProvider? formatProvider) =>
            Encode(arg is IFormattable value ? value.ToString(format, CultureInfo.InvariantCulture) : arg?.ToString());
    }
}
