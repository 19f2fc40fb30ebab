using System.Buffers.Binary;
using System.Text;

namespace Tokaify;

/// <summary>Removes all chunks from a PNG except those that decoding and display need (PNG Specification, Third Edition).</summary>
internal static class PngStripper
{
    private const int SignatureLength = 8;

    // Length and type come before the data, a checksum after it.
    private const int HeadLength = 8;
    private const int ChecksumLength = 4;
    private const uint MaxChunkLength = int.MaxValue;

    // A chunk is critical if this bit of its type's first byte is not set.
    private const byte AncillaryBit = 0x20;

    // Transparency, colours, the shape of pixels, and the frames of an animation.
    private static readonly HashSet<string> s_display = new(StringComparer.Ordinal)
    {
        "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
    };

    public static SentBytes Strip(FileBlock file)
    {
        var sent = new SentBytes();
        sent.AddRange(0, SignatureLength);
        foreach (var chunk in Chunks(file))
        {
            if (chunk.Type == "eXIf")
            {
                AddOrientation(sent, chunk.ReadOrientation(file));
            }
            else if ((chunk.Type[0] & AncillaryBit) == 0 || s_display.Contains(chunk.Type))
            {
                sent.AddRange(chunk.Start, chunk.End);
            }
        }

        return sent;
    }

    /// <summary>The orientation of an image.</summary>
    /// <exception cref="MetadataException">The file is damaged.</exception>
    public static int ReadOrientation(FileBlock file) =>
        Chunks(file).Where(chunk => chunk.Type == "eXIf").Select(chunk => chunk.ReadOrientation(file)).DefaultIfEmpty(ExifOrientation.Upright).First();

    // The last chunk is IEND; the bytes after it do not belong to the image.
    private static IEnumerable<Chunk> Chunks(FileBlock file)
    {
        for (long position = SignatureLength; position < file.Length;)
        {
            var head = file.Read(position, HeadLength);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            var chunk = new Chunk(Encoding.ASCII.GetString(head.Slice(4).ToArray()), position, length);
            if (length > MaxChunkLength || chunk.End > file.Length)
            {
                throw new MetadataException("a chunk of the PNG has a wrong length");
            }

            yield return chunk;
            position = chunk.End;
            if (chunk.Type == "IEND")
            {
                yield break;
            }
        }

        throw new MetadataException("the PNG ends too early");
    }

    private static void AddOrientation(SentBytes sent, int orientation)
    {
        if (orientation != ExifOrientation.Upright)
        {
            sent.AddBytes(PngMetadata.Chunk([.. "eXIf"u8, .. ExifOrientation.Make(orientation)]));
        }
    }

    /// <summary>The place of a chunk.</summary>
    /// <param name="Type">Four characters.</param>
    /// <param name="Start">The offset of its head.</param>
    /// <param name="Length">The number of bytes of its data.</param>
    private sealed record Chunk(string Type, long Start, long Length)
    {
        public long End => Start + HeadLength + Length + ChecksumLength;

        public int ReadOrientation(FileBlock file) =>
            ExifOrientation.Read(file.Read(Start + HeadLength, (int)Math.Min(Length, FileBlock.Size)));
    }
}
