using System.Security.Cryptography;
using System.Text;

namespace Tokaify;

/// <summary>Computes SHA-256 on both targets, in lower-case hexadecimal unless a name says Base64.</summary>
internal static class Sha256
{
    private const int BlockLength = 64 * 1024;

    public static string Of(ReadOnlySpan<byte> bytes) => Hex(Hash(bytes.ToArray()));

    /// <summary>Returns the digest of a text in UTF-8.</summary>
    public static string OfText(string text) => Hex(Hash(Encoding.UTF8.GetBytes(text)));

    /// <summary>Returns the digest of a text in UTF-8, as Base64.</summary>
    public static string Base64OfText(string text) => Convert.ToBase64String(Hash(Encoding.UTF8.GetBytes(text)));

    /// <summary>Returns the digest of the rest of a stream, which is read in blocks.</summary>
    public static string Of(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockLength];
        int length;
        while ((length = stream.Read(block, 0, block.Length)) > 0)
        {
            hash.AppendData(block, 0, length);
        }

        return Hex(hash.GetHashAndReset());
    }

    /// <summary>Returns the digest of an image that is about to be sent.</summary>
    /// <exception cref="TokaifyException">The file no longer exists, or has changed.</exception>
    public static string Of(SourceImage image)
    {
        using var file = image.Open();
        try
        {
            var digest = Of(file);
            image.EnsureUnchanged(file);
            return digest;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw image.Unreadable(exception);
        }
    }

    /// <summary>Returns the digest of a file; null if it cannot be read.</summary>
    public static string? OfFile(string path)
    {
        try
        {
            using var file = RegularFile.OpenRead(path);
            return Of(file);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            return null;
        }
    }

    private static byte[] Hash(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    private static string Hex(byte[] digest)
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
