using System.Buffers.Binary;
using System.Text;

namespace Tokaify;

/// <summary>Leaves out of a PNG all chunks but those that decoding and display need (PNG Specification, Third Edition).</summary>
internal static class PngStripper
{
    private const int SignatureLength = 8;

    // Length and type before the data, a checksum behind it.
    private const int HeadLength = 8;
    private const int ChecksumLength = 4;
    private const uint MaxChunkLength = int.MaxValue;

    // A chunk is critical if this bit of its type's first byte is not set.
    private const byte AncillaryBit = 0x20;

    // Transparency, colours, pixels that are not square, and the frames of an animation.
    private static readonly HashSet<string> s_display = new(StringComparer.Ordinal)
    {
        "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
    };

    public static SentBytes Strip(FileBlock file)
    {
        var sent = new SentBytes();
        sent.AddRange(0, SignatureLength);
        for (long position = SignatureLength; position < file.Length;)
        {
            var head = file.Read(position, HeadLength);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            var type = Encoding.ASCII.GetString(head.Slice(4).ToArray());
            var end = position + HeadLength + length + ChecksumLength;
            if (length > MaxChunkLength || end > file.Length)
            {
                throw new MetadataException("a chunk of the PNG has a wrong length");
            }

            if (type == "eXIf")
            {
                AddOrientation(file, sent, position + HeadLength, length);
            }
            else if ((type[0] & AncillaryBit) == 0 || s_display.Contains(type))
            {
                sent.AddRange(position, end);
            }

            position = end;
            if (type == "IEND")
            {
                return sent;
            }
        }

        throw new MetadataException("the PNG ends too early");
    }

    private static void AddOrientation(FileBlock file, SentBytes sent, long start, uint length)
    {
        var exif = file.Read(start, (int)Math.Min(length, FileBlock.Size));
        if (ExifOrientation.Read(exif) is not ExifOrientation.Upright and var orientation)
        {
            byte[] data = [.. "eXIf"u8, .. ExifOrientation.Make(orientation)];
            var chunk = new byte[4 + data.Length + ChecksumLength];
            BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length - 4);
            data.CopyTo(chunk, 4);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + data.Length), Crc32.Of(data));
            sent.AddBytes(chunk);
        }
    }
}
