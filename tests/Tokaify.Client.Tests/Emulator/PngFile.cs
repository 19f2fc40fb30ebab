using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Emulator;

/// <summary>A PNG, parsed by the specification. Its checksums are verified.</summary>
internal sealed class PngFile
{
    private readonly List<(string Type, byte[] Data)> _chunks = [];

    public PngFile(byte[] bytes)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], bytes[..8]);
        for (var position = 8; position < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(position));
            var typed = bytes.AsSpan(position + 4, length + 4);
            Assert.Equal(Crc(typed), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(position + 8 + length)));
            _chunks.Add((Encoding.ASCII.GetString(typed[..4]), typed[4..].ToArray()));
            position += length + 12;
        }

        Assert.Equal("IEND", _chunks[^1].Type);
    }

    public int Width => BinaryPrimitives.ReadInt32BigEndian(Chunk("IHDR"));

    public int Height => BinaryPrimitives.ReadInt32BigEndian(Chunk("IHDR").AsSpan(4));

    /// <summary>The rows, each with its filter byte before it.</summary>
    public byte[] Inflate()
    {
        // ZLibStream compares the Adler-32 at the end.
        using var zlib = new ZLibStream(new MemoryStream(Chunk("IDAT")), CompressionMode.Decompress);
        var rows = new MemoryStream();
        zlib.CopyTo(rows);
        return rows.ToArray();
    }

    public int PaletteLength => Chunk("PLTE").Length / 3;

    public string? Text(string keyword) => _chunks.Where(chunk => chunk.Type is "tEXt" or "iTXt")
        .Select(chunk => (chunk.Type, Text: (chunk.Type == "tEXt" ? Encoding.Latin1 : Encoding.UTF8).GetString(chunk.Data)))
        .Where(chunk => chunk.Text.StartsWith(keyword + "\0", StringComparison.Ordinal))
        .Select(chunk => chunk.Text[(keyword.Length + (chunk.Type == "tEXt" ? 1 : 5))..])
        .SingleOrDefault();

    private byte[] Chunk(string type) => _chunks.Single(chunk => chunk.Type == type).Data;

    // Calculated bit by bit as in the specification, so that it shares no table with the tested code.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
