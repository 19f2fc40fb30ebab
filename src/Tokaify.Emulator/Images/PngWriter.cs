using System.Text;

namespace Tokaify.Emulation;

/// <summary>Fills one row of an image with palette indices.</summary>
/// <param name="y">The row, counted from the top, from 0.</param>
/// <param name="row">The row's pixels, one byte each.</param>
internal delegate void RowPainter(int y, Span<byte> row);

/// <summary>Writes a PNG of 8-bit palette colours, chunk by chunk, row by row.</summary>
/// <remarks>Source: the PNG specification, third edition.</remarks>
internal sealed class PngWriter
{
    private const byte BitDepth = 8, PaletteColour = 3, Deflate = 0, AdaptiveFilter = 0, NotInterlaced = 0;

    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly Stream _output;
    private readonly PixelSize _size;

    /// <param name="output">The stream for the file. It is not closed.</param>
    /// <param name="size">The size in pixels.</param>
    public PngWriter(Stream output, PixelSize size)
    {
        _output = output;
        _size = size;
        Write(s_signature);
        WriteChunk("IHDR",
        [
            .. BigEndian((uint)size.Width), .. BigEndian((uint)size.Height),
            BitDepth, PaletteColour, Deflate, AdaptiveFilter, NotInterlaced,
        ]);
    }

    /// <param name="keyword">1 to 79 letters.</param>
    /// <param name="text">Latin-1.</param>
    public void WriteText(string keyword, string text) => WriteChunk("tEXt", Encoding.ASCII.GetBytes(keyword + "\0" + text));

    /// <summary>Writes text of any script, uncompressed and without a language.</summary>
    public void WriteInternationalText(string keyword, string text) =>
        WriteChunk("iTXt", [.. Encoding.ASCII.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);

    /// <param name="palette">The red, green and blue bytes of up to 256 colours.</param>
    public void WritePalette(byte[] palette) => WriteChunk("PLTE", palette);

    public void WritePixels(RowPainter painter)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZlibWriter(data))
        {
            // The first byte is the row's filter: 0 for none, which is best for a palette.
            var row = new byte[_size.Width + 1];
            for (var y = 0; y < _size.Height; y++)
            {
                painter(y, row.AsSpan(1));
                zlib.Write(row);
            }
        }

        WriteChunk("IDAT", data.ToArray());
    }

    /// <summary>Ends the file.</summary>
    public void Finish() => WriteChunk("IEND", []);

    private void WriteChunk(string type, byte[] data)
    {
        var name = Encoding.ASCII.GetBytes(type);
        var crc = default(Crc32);
        crc.Add(name);
        crc.Add(data);
        Write(BigEndian((uint)data.Length));
        Write(name);
        Write(data);
        Write(BigEndian(crc.Value));
    }

    private void Write(byte[] bytes) => _output.Write(bytes, 0, bytes.Length);

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
