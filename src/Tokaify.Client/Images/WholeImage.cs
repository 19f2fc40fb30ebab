using System.Buffers.Binary;

namespace Tokaify;

/// <summary>Checks whether an image ends where its own format says. Used if the response was cut off after the image.</summary>
internal static class WholeImage
{
    private const int RiffHeaderLength = 8;
    private const int BoxHeaderLength = 8;

    // No image of a model has more boxes.
    private const int MostBoxes = 64;

    // The IEND chunk: its length, type and checksum never vary.
    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <summary>Checks an image.</summary>
    /// <param name="file">A readable, seekable stream; its position is not kept.</param>
    /// <param name="format">The format of its first bytes.</param>
    public static bool Is(Stream file, ImageFormat format)
    {
        using var window = new FileWindow(file);
        return format switch
        {
            ImageFormat.Png => EndsWith(window, PngEnd),
            ImageFormat.Jpeg => EndsWith(window, JpegEnd),
            ImageFormat.Webp => IsWholeRiff(window),
            _ => HasWholeBoxes(window),
        };
    }

    private static bool EndsWith(FileWindow file, ReadOnlySpan<byte> end) =>
        file.Read(file.Length - end.Length, end.Length) is { IsEmpty: false } last && last.SequenceEqual(end);

    private static bool IsWholeRiff(FileWindow file) =>
        file.Read(0, RiffHeaderLength) is { IsEmpty: false } header
        && (long)BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4)) + RiffHeaderLength <= file.Length;

    // Each box has to be within the file, and the last one has to end with the file. A box without a length extends to any end, so it
    // proves nothing.
    private static bool HasWholeBoxes(FileWindow file)
    {
        long position = 0;
        for (var count = 0; count < MostBoxes && position < file.Length; count++)
        {
            var length = ReadBoxLength(file, position);
            if (length < BoxHeaderLength || length > file.Length - position)
            {
                return false;
            }

            position += length;
        }

        return position == file.Length;
    }

    private static long ReadBoxLength(FileWindow file, long position)
    {
        var header = file.Read(position, BoxHeaderLength);
        if (header.IsEmpty)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length != 1)
        {
            return length;
        }

        var large = file.Read(position + BoxHeaderLength, sizeof(long));
        return large.IsEmpty ? 0 : BinaryPrimitives.ReadInt64BigEndian(large);
    }
}
