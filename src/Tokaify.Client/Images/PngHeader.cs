using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The start of a PNG file: the signature, then the IHDR chunk (PNG Specification, Third Edition, 5.2 and 11.2.1).</summary>
internal static class PngHeader
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    public static PixelSize? ReadSize(FileWindow file)
    {
        const int ChunkType = 12, Width = 16, Height = 20, End = 24;
        var start = file.Read(0, End);
        return start.IsEmpty || !start.Slice(ChunkType).StartsWith("IHDR"u8)
            ? null
            : Pixels.Size(
                BinaryPrimitives.ReadUInt32BigEndian(start.Slice(Width)),
                BinaryPrimitives.ReadUInt32BigEndian(start.Slice(Height)));
    }
}
