using System.Runtime.InteropServices;
using System.Text;

namespace Tokaify;

/// <summary>The header that identifies the program to the service.</summary>
public static class UserAgent
{
    /// <summary>The value for a program that sets none.</summary>
    public static string Default { get; } = Of("Tokaify.Client", typeof(UserAgent).Assembly.GetName().Version!, RuntimeInformation.FrameworkDescription);

    /// <summary>Product, version, host and operating system: <c>Tokaify.PowerShell/1.0.0 (PowerShell 7.4.1; Ubuntu 24.04)</c>.</summary>
    /// <param name="product">The program's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="host">The program or runtime that hosts it, with its version.</param>
    public static string Of(string product, Version version, string host) =>
        $"{product}/{version.ToString(3)} ({Plain(host)}; {Plain(RuntimeInformation.OSDescription)})";

    // In a comment of this header, parentheses and backslashes have a special meaning, and a header has only ASCII characters:
    // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.5
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is > ' ' and <= '~' and not ('(' or ')' or '\\' or ';'))
            {
                plain.Append(character);
            }
            else if (character == ' ' && plain.Length > 0 && plain[plain.Length - 1] != ' ')
            {
                plain.Append(' ');
            }
        }

        return plain.ToString().TrimEnd();
    }
}
