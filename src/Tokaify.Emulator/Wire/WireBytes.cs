using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>Base64 as the API accepts it: the standard alphabet, with padding, without white space.</summary>
internal static class WireBytes
{
    /// <exception cref="RefusedRequestException">It is something else.</exception>
    public static byte[] Decode(JsonElement text, string path)
    {
        // The library's decoder accepts white space and stray bits, so the bytes are encoded again and compared.
        if (!TryDecode(text, out var bytes) || !IsEncodingOf(bytes, text))
        {
            var description = $"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed for {WireField.Excerpt(text)}";
            throw Refusals.Invalid([new FieldViolation(path, description)]);
        }

        return bytes;
    }

    private static bool TryDecode(JsonElement text, [NotNullWhen(true)] out byte[]? bytes)
    {
        try
        {
            return text.TryGetBytesFromBase64(out bytes);
        }
        catch (InvalidOperationException)
        {
            // The text has an escape that is half a surrogate pair.
            bytes = null;
            return false;
        }
    }

    private static bool IsEncodingOf(byte[] bytes, JsonElement text)
    {
        var encoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        try
        {
            Base64.EncodeToUtf8(bytes, encoded, out _, out var length);
            return text.ValueEquals(encoded.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }
}
