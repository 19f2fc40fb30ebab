using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The orientation in EXIF data: how the stored pixels have to be rotated and mirrored for display (EXIF 2.32, 4.6.4, tag
/// 0x0112).</summary>
internal static class ExifOrientation
{
    /// <summary>The pixels are stored as they are displayed.</summary>
    public const int Upright = 1;

    private const int Last = 8;
    private const int FirstThatTurns = 5;
    private const ushort Tag = 0x0112;
    private const ushort ShortType = 3;
    private const int HeaderLength = 8;
    private const int EntryLength = 12;

    // In JPEG, and with some writers in WebP, the name is followed by two bytes, of which the second may have any value.
    private const int PrefixLength = 6;

    /// <summary>The bytes before the data in JPEG.</summary>
    public static ReadOnlySpan<byte> Prefix => "Exif\0"u8;

    /// <summary>Whether width and height are swapped.</summary>
    public static bool IsTurned(int orientation) => orientation is >= FirstThatTurns and <= Last;

    /// <summary>Reads the orientation of the main image.</summary>
    /// <param name="exif">EXIF data: a TIFF file, with or without <see cref="Prefix"/>.</param>
    /// <returns>1 to 8; 1 if there is none, or the data is damaged.</returns>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        var tiff = exif.StartsWith(Prefix) ? exif.Slice(Math.Min(exif.Length, PrefixLength)) : exif;
        if (tiff.Length < HeaderLength || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return Upright;
        }

        var isLittleEndian = tiff[0] == 'I';
        var directory = UInt32(tiff.Slice(4), isLittleEndian);
        if (directory > tiff.Length - sizeof(ushort))
        {
            return Upright;
        }

        var entries = tiff.Slice((int)directory);
        var count = UInt16(entries, isLittleEndian);
        entries = entries.Slice(sizeof(ushort));
        for (var index = 0; index < count && entries.Length >= EntryLength; index++, entries = entries.Slice(EntryLength))
        {
            if (UInt16(entries, isLittleEndian) == Tag && UInt16(entries.Slice(2), isLittleEndian) == ShortType)
            {
                var value = UInt16(entries.Slice(8), isLittleEndian);
                return value is >= Upright and <= Last ? value : Upright;
            }
        }

        return Upright;
    }

    /// <summary>Creates EXIF data with only an orientation, without <see cref="Prefix"/>.</summary>
    public static byte[] Make(int orientation) =>
    [
        (byte)'M', (byte)'M', 0, (byte)'*', 0, 0, 0, HeaderLength,
        // One entry: tag, type, count, and the value in the first half of four bytes. No other directory follows.
        0, 1,
        Tag >> 8, Tag & 0xFF, 0, (byte)ShortType, 0, 0, 0, 1, 0, (byte)orientation, 0, 0,
        0, 0, 0, 0,
    ];

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittleEndian) =>
        isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool isLittleEndian) =>
        isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
