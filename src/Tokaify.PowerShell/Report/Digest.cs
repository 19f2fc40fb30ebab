using System.Security.Cryptography;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>SHA-256, the same on both targets, as Base64.</summary>
internal static class Digest
{
    /// <summary>The digest of a text in UTF-8.</summary>
    public static string Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
#if NET
        return Convert.ToBase64String(SHA256.HashData(bytes));
#else
        using var algorithm = SHA256.Create();
        return Convert.ToBase64String(algorithm.ComputeHash(bytes));
#endif
    }
}
