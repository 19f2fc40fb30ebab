using System.Buffers.Binary;
using System.Text;

namespace Tokaify;

/// <summary>Removes all chunks from a WebP except those that decoding needs, the colour profile and the orientation (RFC 9649).</summary>
internal static class WebpStripper
{
    private const int RiffHeaderLength = 12;
    private const int HeadLength = 8;
    private const int ExtendedLength = 10;
    private const int FrameHeaderLength = 16;
    private const byte XmpFlag = 0x04;
    private const byte ExifFlag = 0x08;

    public static SentBytes Strip(FileBlock file)
    {
        var end = ReadEnd(file);
        var sent = new SentBytes();
        var header = sent.AddBytes(new byte[RiffHeaderLength]);
        var orientation = FindOrientation(file, end);
        foreach (var chunk in Chunks(file, RiffHeaderLength, end))
        {
            Add(file, sent, chunk, orientation);
        }

        sent.Replace(header, [.. "RIFF"u8, .. UInt32(sent.Length - HeadLength), .. "WEBP"u8]);
        return sent;
    }

    /// <summary>The orientation of an image.</summary>
    /// <exception cref="MetadataException">The file is damaged.</exception>
    public static int ReadOrientation(FileBlock file) => FindOrientation(file, ReadEnd(file));

    private static long ReadEnd(FileBlock file)
    {
        var end = HeadLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(file.Read(4, 4));
        return end <= file.Length ? end : throw new MetadataException("the WebP ends too early");
    }

    private static void Add(FileBlock file, SentBytes sent, Chunk chunk, int orientation)
    {
        switch (chunk.Type)
        {
            case "VP8X":
                AddExtendedHeader(file, sent, chunk, orientation);
                break;
            case "EXIF" when orientation != ExifOrientation.Upright && chunk.IsFirstOfItsType:
                sent.AddBytes(Make("EXIF"u8, ExifOrientation.Make(orientation)));
                break;
            case "ANMF":
                AddFrame(file, sent, chunk);
                break;
            case "VP8 " or "VP8L" or "ALPH" or "ANIM" or "ICCP":
                AddChunk(file, sent, chunk);
                break;
        }
    }

    private static void AddExtendedHeader(FileBlock file, SentBytes sent, Chunk chunk, int orientation)
    {
        if (chunk.Length < ExtendedLength)
        {
            throw new MetadataException("the WebP's extended header is too short");
        }

        var data = file.Read(chunk.Data, ExtendedLength).ToArray();
        data[0] &= unchecked((byte)~(XmpFlag | ExifFlag));
        data[0] |= orientation == ExifOrientation.Upright ? (byte)0 : ExifFlag;
        sent.AddBytes(Make("VP8X"u8, data));
    }

    // A frame of an animation has its own chunks, and may have some that do not belong to the image.
    private static void AddFrame(FileBlock file, SentBytes sent, Chunk frame)
    {
        if (frame.Length < FrameHeaderLength)
        {
            throw new MetadataException("a frame of the WebP is too short");
        }

        var parts = Chunks(file, frame.Data + FrameHeaderLength, frame.Data + frame.Length)
            .Where(part => part.Type is "ALPH" or "VP8 " or "VP8L")
            .ToList();
        var length = FrameHeaderLength + parts.Sum(part => HeadLength + part.Length + (part.Length & 1));
        sent.AddBytes([.. "ANMF"u8, .. UInt32(length), .. file.Read(frame.Data, FrameHeaderLength)]);
        foreach (var part in parts)
        {
            AddChunk(file, sent, part);
        }
    }

    // The padding byte of an odd length is written as 0: some writers leave data in it, or omit it at the file's end.
    private static void AddChunk(FileBlock file, SentBytes sent, Chunk chunk)
    {
        if ((chunk.Length & 1) == 0 || IsZero(file, chunk.End))
        {
            sent.AddRange(chunk.Start, chunk.End + (chunk.Length & 1));
            return;
        }

        sent.AddRange(chunk.Start, chunk.End);
        sent.AddBytes([0]);
    }

    private static bool IsZero(FileBlock file, long position) => position < file.Length && file.Read(position, 1)[0] == 0;

    private static int FindOrientation(FileBlock file, long end)
    {
        foreach (var chunk in Chunks(file, RiffHeaderLength, end))
        {
            if (chunk.Type == "EXIF")
            {
                return ExifOrientation.Read(file.Read(chunk.Data, (int)Math.Min(chunk.Length, FileBlock.Size)));
            }
        }

        return ExifOrientation.Upright;
    }

    private static IEnumerable<Chunk> Chunks(FileBlock file, long start, long end)
    {
        var hasExif = false;
        for (var position = start; position + HeadLength <= end;)
        {
            var head = file.Read(position, HeadLength);
            var type = Encoding.ASCII.GetString(head.Slice(0, 4).ToArray());
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head.Slice(4));
            var chunk = new Chunk(type, position, length, IsFirstOfItsType: type != "EXIF" || !hasExif);
            if (chunk.End > end)
            {
                throw new MetadataException("the chunks of the WebP are not contiguous");
            }

            hasExif |= type == "EXIF";
            yield return chunk;
            position = chunk.End + (length & 1);
        }
    }

    private static byte[] Make(ReadOnlySpan<byte> type, byte[] data) => [.. type, .. UInt32(data.Length), .. data];

    private static byte[] UInt32(long value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, checked((uint)value));
        return bytes;
    }

    /// <summary>The place of a chunk.</summary>
    /// <param name="Type">Four characters.</param>
    /// <param name="Start">The offset of its head.</param>
    /// <param name="Length">The number of bytes of its data, without the padding byte.</param>
    /// <param name="IsFirstOfItsType">False for EXIF data after other EXIF data.</param>
    private sealed record Chunk(string Type, long Start, long Length, bool IsFirstOfItsType)
    {
        public long Data => Start + HeadLength;

        public long End => Data + Length;
    }
}
