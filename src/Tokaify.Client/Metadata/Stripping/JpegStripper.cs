using System.Buffers.Binary;

namespace Tokaify;

/// <summary>Leaves out of a JPEG all that decoding does not need, but orientation and colour profile (ITU-T T.81, annex B).</summary>
internal static class JpegStripper
{
    private const byte MarkerStart = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte App14 = 0xEE;
    private const byte App15 = 0xEF;
    private const byte Extension0 = 0xF0;
    private const byte Comment = 0xFE;

    // A marker and the length behind it, which counts itself and not the marker.
    private const int HeadLength = 4;

    // What these segments hold by their standards; whatever is behind it is left out.
    private const int JfifLength = 14;
    private const int AdobeLength = 12;

    public static SentBytes Strip(FileBlock file)
    {
        var sent = new SentBytes();
        var hasOrientation = false;
        sent.AddRange(0, 2);
        for (long position = 2; position < file.Length;)
        {
            var marker = ReadMarker(file, ref position);
            if (marker == EndOfImage)
            {
                // What is behind the end belongs to no image: a film, a second image, an editor's own data.
                sent.AddRange(position, position + 2);
                return sent;
            }

            if (IsStandalone(marker))
            {
                sent.AddRange(position, position + 2);
                position += 2;
                continue;
            }

            var end = position + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.Read(position + 2, 2));
            if (end < position + HeadLength || end > file.Length)
            {
                throw new MetadataException("a segment of the JPEG has a wrong length");
            }

            Add(file, sent, marker, position, end, ref hasOrientation);
            position = end;
            if (marker == StartOfScan)
            {
                position = FindEndOfScan(file, position);
                sent.AddRange(end, position);
            }
        }

        // Decoders take a JPEG that lacks its end.
        return sent;
    }

    // The position is moved behind fill bytes.
    private static byte ReadMarker(FileBlock file, ref long position)
    {
        if (file.Read(position, 2)[0] != MarkerStart)
        {
            throw new MetadataException("the JPEG's segments do not follow each other");
        }

        while (file.Read(position, 2)[1] == MarkerStart)
        {
            position++;
        }

        var marker = file.Read(position, 2)[1];
        return marker is 0 or StartOfImage ? throw new MetadataException("the JPEG's segments do not follow each other") : marker;
    }

    private static void Add(FileBlock file, SentBytes sent, byte marker, long start, long end, ref bool hasOrientation)
    {
        var data = file.Read(start + HeadLength, (int)(end - start) - HeadLength);
        switch (marker)
        {
            case App0 when data.StartsWith("JFIF\0"u8) && data.Length >= JfifLength:
                AddJfif(sent, data, start, end);
                break;
            case App1 when data.StartsWith("Exif\0"u8) && data.Length >= ExifOrientation.Prefix.Length && !hasOrientation:
                hasOrientation = true;
                AddOrientation(sent, ExifOrientation.Read(data.Slice(ExifOrientation.Prefix.Length)));
                break;
            case App2 when data.StartsWith("ICC_PROFILE\0"u8):
                sent.AddRange(start, end);
                break;
            case App14 when data.StartsWith("Adobe"u8) && data.Length >= AdobeLength:
                // How colours are coded. Without it, CMYK is read upside down.
                AddShortened(sent, data, App14, AdobeLength, start, end);
                break;
            case >= App0 and <= App15 or Comment or >= Extension0:
                break;
            default:
                sent.AddRange(start, end);
                break;
        }
    }

    // The last two bytes are the size of a thumbnail that follows them.
    private static void AddJfif(SentBytes sent, ReadOnlySpan<byte> data, long start, long end)
    {
        if (data.Length == JfifLength && data[JfifLength - 2] == 0 && data[JfifLength - 1] == 0)
        {
            sent.AddRange(start, end);
            return;
        }

        var plain = Segment(App0, data.Slice(0, JfifLength));
        plain[plain.Length - 2] = 0;
        plain[plain.Length - 1] = 0;
        sent.AddBytes(plain);
    }

    private static void AddShortened(SentBytes sent, ReadOnlySpan<byte> data, byte marker, int length, long start, long end)
    {
        if (data.Length == length)
        {
            sent.AddRange(start, end);
        }
        else
        {
            sent.AddBytes(Segment(marker, data.Slice(0, length)));
        }
    }

    private static void AddOrientation(SentBytes sent, int orientation)
    {
        if (orientation != ExifOrientation.Upright)
        {
            sent.AddBytes(Segment(App1, [.. ExifOrientation.Prefix, .. ExifOrientation.Make(orientation)]));
        }
    }

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> data)
    {
        var segment = new byte[HeadLength + data.Length];
        segment[0] = MarkerStart;
        segment[1] = marker;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(data.Length + 2));
        data.CopyTo(segment.AsSpan(HeadLength));
        return segment;
    }

    // Within a scan, a marker's first byte is followed by 0, or by the number of a restart interval.
    private static long FindEndOfScan(FileBlock file, long position)
    {
        while (true)
        {
            var bytes = file.Peek(position, 2);
            if (bytes.Length < 2)
            {
                return file.Length;
            }

            var found = bytes.Slice(0, bytes.Length - 1).IndexOf(MarkerStart);
            if (found < 0)
            {
                position += bytes.Length - 1;
            }
            else if (bytes[found + 1] is 0 or (>= 0xD0 and <= 0xD7))
            {
                position += found + 2;
            }
            else if (bytes[found + 1] == MarkerStart)
            {
                position += found + 1;
            }
            else
            {
                return position + found;
            }
        }
    }

    // TEM, RST0 to RST7.
    private static bool IsStandalone(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD7);
}
