using System.Buffers.Binary;
using System.Text;

namespace Tokaify;

/// <summary>Writes an XMP chunk at the end, and the extended header that announces it (RFC 9649, 2.7).</summary>
internal static class WebpMetadata
{
    private const int FileHeaderLength = 12;
    private const int ChunkHeaderLength = 8;
    private const int ExtendedLength = 10;
    private const byte XmpFlag = 0x04;
    private const byte AlphaFlag = 0x10;

    // No image has more chunks; only animations with very many frames do, and models do not return these.
    private const int MaxChunks = 100_000;

    public static void Copy(Stream image, ImageHeader header, ImageMetadata metadata, Stream target)
    {
        var end = ReadEnd(image);
        var chunks = ReadChunks(image, end);
        var xmp = chunks.Find(chunk => chunk.Type == "XMP ");
        var packet = XmpPacket.Make(metadata, xmp is null ? null : ReadData(image, xmp));
        var start = target.Position;
        image.Position = 0;
        image.CopyExactly(target, FileHeaderLength);
        target.Write(Chunk("VP8X", ExtendedHeader(image, chunks[0], header)));
        foreach (var chunk in chunks.Where(chunk => chunk.Type is not ("VP8X" or "XMP ")))
        {
            image.Position = chunk.Start;
            image.CopyExactly(target, chunk.End - chunk.Start);
        }

        target.Write(Chunk("XMP ", packet));
        WriteLength(target, start);
        // Bytes that some writers leave after the end belong to no chunk, and stay after the end.
        image.Position = end;
        image.CopyRest(target);
    }

    // The length in the file's header does not include the first eight bytes.
    private static long ReadEnd(Stream image)
    {
        var head = image.ReadExactly(FileHeaderLength);
        var end = (long)ChunkHeaderLength + BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
        return end <= image.Length ? end : throw new MetadataException("the WebP ends too early");
    }

    private static List<ChunkPlace> ReadChunks(Stream image, long end)
    {
        var chunks = new List<ChunkPlace>();
        for (long position = FileHeaderLength; position + ChunkHeaderLength <= end;)
        {
            image.Position = position;
            var head = image.ReadExactly(ChunkHeaderLength);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            // A chunk of odd length is followed by a byte that is not counted.
            var chunk = new ChunkPlace(Encoding.ASCII.GetString(head, 0, 4), position, position + ChunkHeaderLength + length + (length & 1), length);
            if (chunk.End > end || chunks.Count == MaxChunks)
            {
                throw new MetadataException("the chunks of the WebP are not contiguous");
            }

            chunks.Add(chunk);
            position = chunk.End;
        }

        return chunks.Count > 0 ? chunks : throw new MetadataException("the WebP has no chunks");
    }

    private static byte[] ReadData(Stream image, ChunkPlace chunk)
    {
        if (chunk.Length > int.MaxValue / 2)
        {
            throw new MetadataException("the XMP in the file is too long");
        }

        image.Position = chunk.Start + ChunkHeaderLength;
        return image.ReadExactly((int)chunk.Length);
    }

    private static byte[] ExtendedHeader(Stream image, ChunkPlace first, ImageHeader header)
    {
        if (first.Type == "VP8X")
        {
            var existing = ReadData(image, first);
            if (existing.Length < ExtendedLength)
            {
                throw new MetadataException("the WebP's extended header is too short");
            }

            existing[0] |= XmpFlag;
            return existing;
        }

        if (header.Width == 0 || header.Height == 0)
        {
            throw new MetadataException("the WebP does not have the size of the image");
        }

        var extended = new byte[ExtendedLength];
        extended[0] = (byte)(XmpFlag | (HasAlpha(image, first) ? AlphaFlag : 0));
        WriteUInt24(extended.AsSpan(4), header.Width - 1);
        WriteUInt24(extended.AsSpan(7), header.Height - 1);
        return extended;
    }

    // The lossless coding has a bit for it after width and height; the lossy coding has no alpha without an extended header.
    private static bool HasAlpha(Stream image, ChunkPlace first)
    {
        const int Used = 4, Bit = 0x10;
        if (first.Type != "VP8L")
        {
            return false;
        }

        image.Position = first.Start + ChunkHeaderLength;
        return (image.ReadExactly(Used + 1)[Used] & Bit) != 0;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        var chunk = new byte[ChunkHeaderLength + data.Length + (data.Length & 1)];
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 0);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), data.Length);
        data.CopyTo(chunk, ChunkHeaderLength);
        return chunk;
    }

    private static void WriteLength(Stream target, long start)
    {
        var end = target.Position;
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, checked((uint)(end - start - ChunkHeaderLength)));
        target.Position = start + 4;
        target.Write(length);
        target.Position = end;
    }

    private static void WriteUInt24(Span<byte> bytes, int value)
    {
        bytes[0] = (byte)value;
        bytes[1] = (byte)(value >> 8);
        bytes[2] = (byte)(value >> 16);
    }

    /// <summary>The place of a chunk.</summary>
    /// <param name="Type">Four characters.</param>
    /// <param name="Start">The offset of its header.</param>
    /// <param name="End">The offset of the next chunk.</param>
    /// <param name="Length">The number of bytes of its data.</param>
    private sealed record ChunkPlace(string Type, long Start, long End, uint Length);
}
