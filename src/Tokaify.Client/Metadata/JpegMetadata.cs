using System.Buffers.Binary;

namespace Tokaify;

/// <summary>Writes an XMP segment: APP1 with Adobe's name, after JFIF and EXIF (XMP specification part 3, 1.1.3).</summary>
internal static class JpegMetadata
{
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    // The length field of a segment has two bytes and includes itself.
    private const int MaxSegmentLength = ushort.MaxValue;

    public static void Copy(Stream image, ImageMetadata metadata, Stream target)
    {
        var segments = ReadSegments(image);
        var xmp = segments.Find(segment => segment.IsXmp);
        var packet = XmpPacket.Make(metadata, xmp is null ? null : ReadPacket(image, xmp));
        var place = xmp?.Start ?? PlaceFor(segments);
        image.Position = 0;
        image.CopyExactly(target, place);
        target.Write(SegmentOf(packet));
        image.Position = xmp?.End ?? place;
        image.CopyRest(target);
    }

    // Reads the segments before the first scan, which include XMP. The rest of the file is not read.
    private static List<Segment> ReadSegments(Stream image)
    {
        var segments = new List<Segment>();
        long position = 2;
        while (true)
        {
            image.Position = position;
            var head = image.ReadExactly(4);
            if (head[0] != 0xFF)
            {
                throw new MetadataException("the segments of the JPEG are not contiguous");
            }

            if (head[1] == 0xFF)
            {
                // This is a fill byte.
                position++;
                continue;
            }

            if (head[1] is StartOfScan or EndOfImage)
            {
                return segments;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
            var segment = new Segment(head[1], position, position + 2 + length, ReadName(image, length));
            segments.Add(segment);
            position = segment.End;
        }
    }

    private static byte[] ReadName(Stream image, int length)
    {
        if (length < 2)
        {
            throw new MetadataException("a segment of the JPEG has no length");
        }

        return image.ReadExactly(Math.Min(length - 2, Segment.XmpName.Length));
    }

    private static byte[] ReadPacket(Stream image, Segment xmp)
    {
        image.Position = xmp.Start + 4 + Segment.XmpName.Length;
        return image.ReadExactly((int)(xmp.End - image.Position));
    }

    // JFIF has to be first, and EXIF has to be before all other segments.
    private static long PlaceFor(List<Segment> segments)
    {
        long place = 2;
        foreach (var segment in segments)
        {
            if (segment.Marker != App0 && !segment.IsExif)
            {
                break;
            }

            place = segment.End;
        }

        return place;
    }

    private static byte[] SegmentOf(byte[] packet)
    {
        var length = 2 + Segment.XmpName.Length + packet.Length;
        if (length > MaxSegmentLength)
        {
            throw new MetadataException("the prompt is too long for the metadata of a JPEG");
        }

        var segment = new byte[2 + length];
        segment[0] = 0xFF;
        segment[1] = App1;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)length);
        Segment.XmpName.CopyTo(segment.AsSpan(4));
        packet.CopyTo(segment, 4 + Segment.XmpName.Length);
        return segment;
    }

    /// <summary>A segment before the image's data.</summary>
    /// <param name="Marker">The second byte of its marker.</param>
    /// <param name="Start">The offset of its marker.</param>
    /// <param name="End">The offset of the next marker.</param>
    /// <param name="Name">The first bytes of its data.</param>
    private sealed record Segment(byte Marker, long Start, long End, byte[] Name)
    {
        public static ReadOnlySpan<byte> XmpName => "http://ns.adobe.com/xap/1.0/\0"u8;

        public bool IsXmp => Marker == App1 && Name.AsSpan().SequenceEqual(XmpName);

        public bool IsExif => Marker == App1 && Name.AsSpan().StartsWith("Exif\0\0"u8);
    }
}
