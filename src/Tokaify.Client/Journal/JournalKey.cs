using System.Text;

namespace Tokaify;

/// <summary>The first half of a fingerprint: 16 bytes, enough to distinguish requests.</summary>
internal readonly record struct JournalKey(ulong High, ulong Low)
{
    // The number of hexadecimal digits of a SHA-256.
    private const int Length = 64;
    private const int Digits = 16;

    /// <summary>The key of a fingerprint.</summary>
    public static JournalKey Of(RequestFingerprint fingerprint) => TryParse(Encoding.ASCII.GetBytes(fingerprint.Value))!.Value;

    /// <summary>Reads a fingerprint; null if it is not one.</summary>
    public static JournalKey? TryParse(ReadOnlySpan<byte> text) =>
        text.Length == Length
            && Part(text) is { } high && Part(text.Slice(Digits)) is { } low
            && Part(text.Slice(2 * Digits)) is not null && Part(text.Slice(3 * Digits)) is not null
            ? new JournalKey(high, low)
            : null;

    /// <summary>A hash code. Keys are digests, so any part of a key can be used.</summary>
    public override int GetHashCode() => (int)Low;

    private static ulong? Part(ReadOnlySpan<byte> text)
    {
        var part = 0UL;
        for (var index = 0; index < Digits; index++)
        {
            var digit = text[index] switch
            {
                >= (byte)'0' and <= (byte)'9' => text[index] - '0',
                >= (byte)'a' and <= (byte)'f' => text[index] - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return null;
            }

            part = (part << 4) | (uint)digit;
        }

        return part;
    }
}
