using System.Buffers.Binary;

namespace Tokaify;

/// <summary>Removes everything from a JPEG that decoding does not need, except orientation and colour profile (ITU-T T.81, annex
/// B).</summary>
internal static class JpegStripper
{
    private const byte MarkerStart = 0xFF;
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte App14 = 0xEE;
    private const byte App15 = 0xEF;
    private const byte Extension0 = 0xF0;
    private const byte Comment = 0xFE;

    // The number of bytes of the marker and of the length field. The length includes its own bytes, but not the marker.
    private const int HeadLength = 4;

    // The lengths of these segments by their standards; further bytes are left out.
    private const int JfifLength = 14;
    private const int AdobeLength = 12;

    public static SentBytes Strip(FileBlock file)
    {
        var sent = new SentBytes();
        var hasOrientation = false;
        sent.AddRange(0, 2);
        foreach (var segment in JpegSegment.Between(file))
        {
            Add(file, sent, segment, ref hasOrientation);
        }

        return sent;
    }

    /// <summary>The orientation of an image.</summary>
    /// <exception cref="MetadataException">The file is damaged.</exception>
    public static int ReadOrientation(FileBlock file)
    {
        foreach (var segment in JpegSegment.Between(file).TakeWhile(segment => segment.IsHeader))
        {
            var data = segment.Data(file);
            if (segment.IsExif(data))
            {
                return ExifOrientation.Read(data);
            }
        }

        return ExifOrientation.Upright;
    }

    private static void Add(FileBlock file, SentBytes sent, JpegSegment segment, ref bool hasOrientation)
    {
        var (start, end) = (segment.Start, segment.End);
        var data = segment.Data(file);
        switch (segment.Marker)
        {
            case App0 when data.StartsWith("JFIF\0"u8) && data.Length >= JfifLength:
                AddJfif(sent, data, start, end);
                break;
            case App1 when segment.IsExif(data) && !hasOrientation:
                hasOrientation = true;
                AddOrientation(sent, ExifOrientation.Read(data));
                break;
            case App2 when data.StartsWith("ICC_PROFILE\0"u8):
                sent.AddRange(start, end);
                break;
            case App14 when data.StartsWith("Adobe"u8) && data.Length >= AdobeLength:
                // The coding of the colours. Without it, CMYK would be inverted.
                AddShortened(sent, data, App14, AdobeLength, start, end);
                break;
            case >= App0 and <= App15 or Comment or >= Extension0:
                break;
            default:
                sent.AddRange(start, end);
                break;
        }
    }

    // The last two bytes are the size of the thumbnail that follows them.
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
            sent.AddBytes(Segment(App1, [.. ExifOrientation.Prefix, 0, .. ExifOrientation.Make(orientation)]));
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
}
