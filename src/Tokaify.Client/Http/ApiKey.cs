using System.Runtime.InteropServices;
using System.Security;

namespace Tokaify;

/// <summary>An API key. It shows itself in no text: only the client's request sees it whole.</summary>
public sealed class ApiKey
{
    private const int VisibleLength = 4;

    private readonly SecureString _secret;

    /// <summary>Keeps a copy of a key.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public ApiKey(SecureString secret)
    {
        if (secret.Length == 0)
        {
            throw new ArgumentException("The API key is empty.", nameof(secret));
        }

        _secret = secret.Copy();
        _secret.MakeReadOnly();
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

    /// <summary>Whether a header can hold it.</summary>
    internal bool CanBeSent => Reveal().All(character => character is > ' ' and < '\u007f');

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
