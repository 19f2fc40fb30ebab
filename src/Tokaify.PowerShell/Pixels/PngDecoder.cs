using System.Buffers.Binary;
using System.IO.Compression;

namespace Tokaify.PowerShell;

/// <summary>Reads the pixels of a PNG file, row by row: <see href="https://www.w3.org/TR/png-3/"/>.</summary>
/// <remarks>
/// Supports all colour types and bit depths, interlacing, and transparency by <c>tRNS</c>. Only two rows and the palette are in memory,
/// independent of the image's size. Data that violates the specification gives an <see cref="InvalidDataException"/>. For an animation, the
/// still image is read.
/// </remarks>
internal static class PngDecoder
{
    // With these limits, a row has at most 512 KB, and decoding takes seconds, not minutes.
    private const int LongestSide = 65_535;
    private const long MostPixels = 1L << 28;

    // The passes of Adam7: the first column and row, and the steps between them.
    private static readonly (int X, int Y, int StepX, int StepY)[] s_passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads an image.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="sink">Receives the pixels.</param>
    /// <param name="cancellation">Ends decoding between two rows.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or has more pixels than the limit.</exception>
    public static void Decode(Stream file, IPixelSink sink, CancellationToken cancellation)
    {
        var chunks = new PngChunks(file);
        chunks.ReadSignature();
        var header = ReadHeader(chunks);
        var format = PngPixelFormat.Create(colourType: header[9], depth: header[8]);
        var (width, height) = SizeOf(header);
        while (chunks.Next() != "IDAT")
        {
            TakeChunk(chunks, format);
        }

        format.RequirePalette();
        sink.Begin(width, height);
        var data = chunks.ImageData();
        SkipZlibHeader(data);
        using (var pixels = new DeflateStream(data, CompressionMode.Decompress, leaveOpen: true))
        {
            var rows = new PngRows(pixels, chunks, format, width);
            var passes = header[12] == 0 ? [(0, 0, 1, 1)] : s_passes;
            foreach (var pass in passes)
            {
                ReadPass(rows, pass, height, sink, cancellation);
            }
        }

        ReadEnd(chunks, data);
    }

    private static byte[] ReadHeader(PngChunks chunks)
    {
        const int Length = 13;
        Require(chunks.Next() == "IHDR" && chunks.Length == Length, "it has no header");
        var header = chunks.ReadData();
        Require(header[10] == 0 && header[11] == 0 && header[12] <= 1, "its header is not as specified");
        return header;
    }

    private static (int Width, int Height) SizeOf(byte[] header)
    {
        var width = BinaryPrimitives.ReadUInt32BigEndian(header);
        var height = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        Require(width > 0 && height > 0, "its header is not as specified");
        Require(width <= LongestSide && height <= LongestSide && (long)width * height <= MostPixels, "it has more pixels than can "
            + "be drawn");
        return ((int)width, (int)height);
    }

    private static void TakeChunk(PngChunks chunks, PngPixelFormat format)
    {
        const int LongestPalette = 256 * 3;
        var isPalette = chunks.Type == "PLTE";
        if (isPalette || chunks.Type == "tRNS")
        {
            Require(chunks.Length <= LongestPalette, "its palette is not as specified");
            var data = chunks.ReadData();
            if (isPalette)
            {
                format.SetPalette(data);
            }
            else
            {
                format.SetTransparency(data);
            }

            return;
        }

        // An upper-case first letter marks a critical chunk, without which the image cannot be decoded.
        Require(char.IsLower(chunks.Type[0]), "it has a critical part of an unknown type");
        chunks.Skip();
    }

    // RFC 1950. The header is read here, because .NET Framework has only a type for the deflate data after it.
    private static void SkipZlibHeader(Stream data)
    {
        var method = data.ReadByte();
        var flags = data.ReadByte();
        Require(flags >= 0 && (method & 0x0F) == 8 && (flags & 0x20) == 0 && ((method << 8) | flags) % 31 == 0, "its data cannot be read");
    }

    private static void ReadPass(
        PngRows rows, (int X, int Y, int StepX, int StepY) pass, int height, IPixelSink sink, CancellationToken cancellation)
    {
        if (!rows.Begin(pass.X, pass.StepX))
        {
            return;
        }

        for (var y = pass.Y; y < height; y += pass.StepY)
        {
            cancellation.ThrowIfCancellationRequested();
            sink.Take(y, pass.X, pass.StepX, rows.Read());
        }
    }

    // Reads to the end, so that each checksum is verified.
    private static void ReadEnd(PngChunks chunks, Stream data)
    {
        var rest = new byte[4096];
        while (data.Read(rest, 0, rest.Length) > 0)
        {
        }

        while (chunks.Type != "IEND")
        {
            Require(chunks.Type != "IDAT", "its parts are not in order");
            chunks.Skip();
            chunks.Next();
        }

        chunks.Skip();
    }

    /// <summary>Throws if a condition is not met.</summary>
    public static void Require(bool condition, string flaw)
    {
        if (!condition)
        {
            throw new InvalidDataException($"The PNG file is damaged: {flaw}.");
        }
    }
}
