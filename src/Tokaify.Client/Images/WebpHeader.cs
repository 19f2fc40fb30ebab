using System.Buffers.Binary;

namespace Tokaify;

/// <summary>
/// The start of a WebP file (RFC 9649): a RIFF header, then a chunk of the lossy kind (its frame header: RFC 6386, 9.1), the
/// lossless or the extended kind.
/// </summary>
internal static class WebpHeader
{
    private const int ChunkType = 12;
    private const int ChunkData = 20;

    public static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length >= ChunkType && start.StartsWith("RIFF"u8) && start.Slice(8).StartsWith("WEBP"u8);

    public static PixelSize? ReadSize(FileWindow file)
    {
        var type = file.Read(ChunkType, 4);
        return type.SequenceEqual("VP8 "u8) ? ReadLossy(file.Read(ChunkData, 10))
            : type.SequenceEqual("VP8L"u8) ? ReadLossless(file.Read(ChunkData, 5))
            : type.SequenceEqual("VP8X"u8) ? ReadExtended(file.Read(ChunkData, 10))
            : null;
    }

    private static PixelSize? ReadLossy(ReadOnlySpan<byte> frame)
    {
        const int StartCode = 3, Width = 6, Height = 8;
        const uint SideMask = 0x3FFF; // the two upper bits are a scale for the display
        return frame.IsEmpty || !frame.Slice(StartCode).StartsWith([(byte)0x9D, (byte)0x01, (byte)0x2A])
            ? null
            : Pixels.Size(
                BinaryPrimitives.ReadUInt16LittleEndian(frame.Slice(Width)) & SideMask,
                BinaryPrimitives.ReadUInt16LittleEndian(frame.Slice(Height)) & SideMask);
    }

    private static PixelSize? ReadLossless(ReadOnlySpan<byte> stream)
    {
        const byte Signature = 0x2F;
        if (stream.IsEmpty || stream[0] != Signature)
        {
            return null;
        }

        var bits = BinaryPrimitives.ReadUInt32LittleEndian(stream.Slice(1));
        return Pixels.Size((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }

    private static PixelSize? ReadExtended(ReadOnlySpan<byte> header)
    {
        const int Width = 4, Height = 7;
        return header.IsEmpty ? null : Pixels.Size(ReadUInt24(header.Slice(Width)) + 1, ReadUInt24(header.Slice(Height)) + 1);
    }

    private static uint ReadUInt24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
}
