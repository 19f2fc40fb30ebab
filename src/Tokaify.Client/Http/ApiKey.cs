using System.Runtime.InteropServices;
using System.Security;

namespace Tokaify;

/// <summary>An API key. No text contains the whole key, except the header of a request.</summary>
public sealed class ApiKey
{
    private const int VisibleLength = 4;

    private readonly SecureString _secret;

    /// <summary>Stores a copy of a key.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ApiKeyMissing"/> if it is empty,
    /// <see cref="TokaifyErrorId.InvalidArgument"/> if it contains a character that a key cannot have.</exception>
    public ApiKey(SecureString secret)
    {
        _secret = secret.Copy();
        _secret.MakeReadOnly();
        var text = Reveal();
        if (text.Length == 0)
        {
            throw new TokaifyException(TokaifyErrorId.ApiKeyMissing, "The API key is empty.");
        }

        // It goes into a header: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
        if (text.Any(character => character is <= ' ' or > '~'))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "The API key contains a space, a line break or a character that a key cannot have. "
                + "Copy the key again, without any text around it.");
        }
    }

    /// <summary>Stores a key that is given as plain text, for example in the environment.</summary>
    public static ApiKey FromPlainText(string text)
    {
        using var secret = new SecureString();
        foreach (var character in text.Trim())
        {
            secret.AppendChar(character);
        }

        return new ApiKey(secret);
    }

    /// <summary>The last four characters, the others hidden; if the key is short, all characters are hidden.</summary>
    public override string ToString()
    {
        var text = Reveal();
        return text.Length > VisibleLength * 2 ? $"****{text.Substring(text.Length - VisibleLength)}" : "****";
    }

    internal string Reveal()
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(_secret);
        try
        {
            return Marshal.PtrToStringUni(pointer)!.Trim();
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
