using System.Runtime.InteropServices;
using System.Security;

namespace Tokaify;

/// <summary>An API key. It shows itself in no text: only the client's request sees it whole.</summary>
public sealed class ApiKey
{
    private const int VisibleLength = 4;

    private readonly SecureString _secret;

    /// <summary>Keeps a copy of a key.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.ApiKeyMissing"/> where it is empty,
    /// <see cref="TokaifyErrorId.InvalidArgument"/> where it holds what cannot be in a key.</exception>
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
                "The API key holds a space, a line break or a letter that no key has. Copy it once more, and nothing else with it.");
        }
    }

    /// <summary>Keeps a key that came as plain text, from the environment for example.</summary>
    public static ApiKey FromPlainText(string text)
    {
        using var secret = new SecureString();
        foreach (var character in text.Trim())
        {
            secret.AppendChar(character);
        }

        return new ApiKey(secret);
    }

    /// <summary>All but the last four characters hidden; all of them where the key is short.</summary>
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
