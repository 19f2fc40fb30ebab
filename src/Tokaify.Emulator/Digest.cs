using System.Security.Cryptography;
using System.Text;

namespace Tokaify.Emulation;

/// <summary>SHA-256, the same on both targets. It does not use the client's implementation, because the tests compare that one with this
/// one.</summary>
internal static class Digest
{
    public static byte[] Of(byte[] bytes)
    {
#if NET
        return SHA256.HashData(bytes);
#else
        using var sha256 = SHA256.Create();
        return sha256.ComputeHash(bytes);
#endif
    }

    public static byte[] Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Lower-case hexadecimal.</summary>
    public static string Hex(byte[] digest)
    {
        const string Digits = "0123456789abcdef";
        var text = new StringBuilder(digest.Length * 2);
        foreach (var value in digest)
        {
            text.Append(Digits[value >> 4]).Append(Digits[value & 15]);
        }

        return text.ToString();
    }
}
