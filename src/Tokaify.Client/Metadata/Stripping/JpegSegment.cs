using System.Buffers.Binary;

namespace Tokaify;

/// <summary>A segment of a JPEG, or the coded data of a scan (ITU-T T.81, annex B).</summary>
/// <param name="Marker">The second byte of its marker; 0 for a scan's data, which has none.</param>
/// <param name="Start">The offset of its first byte.</param>
/// <param name="End">The offset after its last byte.</param>
internal readonly record struct JpegSegment(byte Marker, long Start, long End)
{
    private const byte MarkerStart = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;
    private const byte ScanData = 0;

    // The number of bytes of the marker and of the length field. The length includes its own bytes, but not the marker.
    private const int HeadLength = 4;

    /// <summary>Whether it comes before the first scan, so that it can be read without decoding.</summary>
    public bool IsHeader => Marker is not (StartOfScan or ScanData or EndOfImage);

    /// <summary>Returns the segments from the image's beginning to its end. The bytes after that do not belong to the image: a video, a
    /// second image, or an editor's own data.</summary>
    /// <exception cref="MetadataException">The segments are not contiguous.</exception>
    public static IEnumerable<JpegSegment> Between(FileBlock file)
    {
        // Decoders accept a JPEG without its end marker.
        for (long position = 2; position < file.Length;)
        {
            var marker = ReadMarker(file, ref position);
            if (IsStandalone(marker))
            {
                yield return new JpegSegment(marker, position, position + 2);
                position += 2;
                if (marker == EndOfImage)
                {
                    yield break;
                }

                continue;
            }

            var end = position + 2 + BinaryPrimitives.ReadUInt16BigEndian(file.Read(position + 2, 2));
            if (end < position + HeadLength || end > file.Length)
            {
                throw new MetadataException("a segment of the JPEG has a wrong length");
            }

            yield return new JpegSegment(marker, position, end);
            position = end;
            if (marker == StartOfScan)
            {
                position = FindEndOfScan(file, position);
                yield return new JpegSegment(ScanData, end, position);
            }
        }
    }

    /// <summary>Returns its data; empty for a scan's data and for a marker without data. Valid until the next read.</summary>
    public ReadOnlySpan<byte> Data(FileBlock file) => Marker == ScanData || IsStandalone(Marker)
        ? default
        : file.Read(Start + HeadLength, (int)(End - Start) - HeadLength);

    /// <summary>Whether it has EXIF data.</summary>
    /// <param name="data">Its data.</param>
    public bool IsExif(ReadOnlySpan<byte> data) => Marker == App1 && data.StartsWith(ExifOrientation.Prefix);

    // Moves the position past fill bytes.
    private static byte ReadMarker(FileBlock file, ref long position)
    {
        while (file.Read(position, 2)[0] == MarkerStart && file.Read(position, 2)[1] == MarkerStart)
        {
            position++;
        }

        var marker = file.Read(position, 2);
        return marker[0] != MarkerStart || marker[1] is 0 or StartOfImage
            ? throw new MetadataException("the segments of the JPEG are not contiguous")
            : marker[1];
    }

    // In a scan, 0xFF is followed by 0, or by the number of a restart interval.
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

    // TEM, RST0 to RST7, EOI.
    private static bool IsStandalone(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD7) or EndOfImage;
}
