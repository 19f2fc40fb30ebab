using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The segments of a JPEG file up to its frame header (ITU-T T.81, annex B).</summary>
/// <remarks>Segments are skipped, not read, so a thumbnail inside an EXIF segment is never taken for the image.</remarks>
internal static class JpegHeader
{
    private const byte MarkerStart = 0xFF;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith([(byte)0xFF, (byte)0xD8, (byte)0xFF]);

    public static PixelSize? ReadSize(FileWindow file)
    {
        long position = 2;
        while (ReadMarker(file, ref position) is { } marker && marker is not (EndOfImage or StartOfScan))
        {
            if (IsFrameHeader(marker))
            {
                return ReadFrameHeader(file, position);
            }

            if (!IsStandalone(marker))
            {
                position += ReadLength(file, position);
            }
        }

        return null;
    }

    /// <summary>Returns the second byte of the next marker; null at the end. The position is then after the marker.</summary>
    /// <remarks>Encoders may put fill bytes before a marker; decoders also skip damaged bytes there.</remarks>
    private static byte? ReadMarker(FileWindow file, ref long position)
    {
        var previous = (byte)0;
        while (true)
        {
            var next = file.Read(position, 1);
            if (next.IsEmpty)
            {
                return null;
            }

            position++;
            if (previous == MarkerStart && next[0] is not (0 or MarkerStart))
            {
                return next[0];
            }

            previous = next[0];
        }
    }

    // A length includes its own two bytes, so a smaller value is damage. The search for a marker then continues right here.
    private static int ReadLength(FileWindow file, long position)
    {
        var length = file.Read(position, 2);
        return length.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16BigEndian(length);
    }

    private static PixelSize? ReadFrameHeader(FileWindow file, long position)
    {
        const int Height = 3, Width = 5, End = 7;
        var frame = file.Read(position, End);
        return frame.IsEmpty
            ? null
            : Pixels.Size(
                BinaryPrimitives.ReadUInt16BigEndian(frame.Slice(Width)),
                BinaryPrimitives.ReadUInt16BigEndian(frame.Slice(Height)));
    }

    // SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which are in the same range.
    private static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // TEM, RST0 to RST7, SOI.
    private static bool IsStandalone(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD8);
}
