using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Tokaify.Tests.Pixels;

/// <summary>Creates PNG files with known pixels. Written from the specification, independently of the decoder.</summary>
internal sealed class PngMaker(int colourType, int depth, int width, int height, bool isInterlaced = false, bool hasTransparency = false)
{
    private static readonly int[][] s_passes =
        [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

    private readonly Random _random = new((colourType * 1000) + (depth * 10) + width);
    private readonly int _channels = colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Whether all pixels are zero, to create a large file fast.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The pixels as four bytes each, of the last file that was made.</summary>
    public byte[] Pixels { get; private set; } = [];

    /// <summary>A file.</summary>
    public byte[] Make()
    {
        Pixels = new byte[4 * width * height];
        var palette = Enumerable.Range(0, 3 << depth & 1023).Select(_ => (byte)_random.Next(256)).ToArray();
        var alphas = Enumerable.Range(0, (1 << depth & 511) / 2).Select(_ => (byte)_random.Next(256)).ToArray();
        var samples = Enumerable.Range(0, IsEmpty ? 0 : width * height * _channels).Select(_ => _random.Next(1 << depth)).ToArray();
        // The first pixel's own colour is the transparent one.
        var transparent = hasTransparency && colourType is 0 or 2 ? samples.Take(_channels).ToArray() : [];
        if (!IsEmpty)
        {
            Describe(samples, palette, alphas, transparent);
        }

        var file = new List<byte> { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };
        Chunk(file, "IHDR", [.. Word(width), .. Word(height), (byte)depth, (byte)colourType, 0, 0, (byte)(isInterlaced ? 1 : 0)]);
        Chunk(file, "tEXt", Encoding.ASCII.GetBytes("Comment\0x"));
        if (colourType == 3)
        {
            Chunk(file, "PLTE", palette);
        }

        if (hasTransparency)
        {
            Chunk(file, "tRNS", colourType == 3 ? alphas : [.. transparent.SelectMany(value => new[] { (byte)(value >> 8), (byte)value })]);
        }

        var data = Compress(Rows(samples));
        // In several chunks, an empty one among them.
        Chunk(file, "IDAT", data.AsSpan(0, 1).ToArray());
        Chunk(file, "IDAT", []);
        Chunk(file, "IDAT", data.AsSpan(1, data.Length / 2).ToArray());
        Chunk(file, "IDAT", data.AsSpan(1 + (data.Length / 2)).ToArray());
        Chunk(file, "IEND", []);
        return [.. file];
    }

    /// <summary>Adds a chunk.</summary>
    public static void Chunk(List<byte> file, string type, byte[] data)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.AddRange(Word(data.Length));
        file.AddRange(content);
        file.AddRange(Word(unchecked((int)Crc32.Of(content))));
    }

    private void Describe(int[] samples, byte[] palette, byte[] alphas, int[] transparent)
    {
        var most = (1 << depth) - 1;
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var values = samples.Skip(pixel * _channels).Take(_channels).ToArray();
            var shades = values.Select(value => (byte)Math.Round(value * 255.0 / most)).ToArray();
            var isTransparent = transparent.Length > 0 && values.SequenceEqual(transparent);
            byte[] rgba = colourType switch
            {
                0 => [shades[0], shades[0], shades[0], (byte)(isTransparent ? 0 : 255)],
                2 => [shades[0], shades[1], shades[2], (byte)(isTransparent ? 0 : 255)],
                3 =>
                [
                    .. palette.Skip(3 * values[0]).Take(3),
                    hasTransparency && values[0] < alphas.Length ? alphas[values[0]] : (byte)255,
                ],
                4 => [shades[0], shades[0], shades[0], shades[1]],
                _ => shades,
            };
            rgba.CopyTo(Pixels, 4 * pixel);
        }
    }

    private byte[] Rows(int[] samples)
    {
        var bytes = new List<byte>();
        foreach (var pass in isInterlaced ? s_passes : [[0, 0, 1, 1]])
        {
            var columns = Enumerable.Range(0, width).Where(x => x >= pass[0] && (x - pass[0]) % pass[2] == 0).ToArray();
            var above = Array.Empty<byte>();
            for (var y = pass[1]; y < height && columns.Length > 0; y += pass[3])
            {
                var start = y * width;
                var row = IsEmpty
                    ? new byte[((columns.Length * _channels * depth) + 7) / 8]
                    : Pack([.. columns.SelectMany(x => samples.Skip((start + x) * _channels).Take(_channels))]);
                var filter = IsEmpty ? 0 : _random.Next(5);
                bytes.Add((byte)filter);
                bytes.AddRange(IsEmpty ? row : Filtered(filter, row, above.Length > 0 ? above : new byte[row.Length]));
                above = row;
            }
        }

        return [.. bytes];
    }

    private byte[] Pack(int[] values)
    {
        var row = new byte[((values.Length * depth) + 7) / 8];
        for (var index = 0; index < values.Length; index++)
        {
            for (var bit = 0; bit < depth; bit++)
            {
                var place = (index * depth) + bit;
                row[place / 8] |= (byte)(((values[index] >> (depth - 1 - bit)) & 1) << (7 - (place % 8)));
            }
        }

        return row;
    }

    private byte[] Filtered(int filter, byte[] row, byte[] above)
    {
        var back = Math.Max(1, _channels * depth / 8);
        return [.. row.Select((value, index) =>
        {
            int a = index < back ? 0 : row[index - back], b = above[index], c = index < back ? 0 : above[index - back];
            var p = a + b - c;
            var nearest = new[] { a, b, c }.OrderBy(each => Math.Abs(p - each)).First();
            return (byte)(value - filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => nearest });
        })];
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionMode.Compress, leaveOpen: true))
        {
            deflate.Write(bytes, 0, bytes.Length);
        }

        uint low = 1, high = 0;
        foreach (var value in bytes)
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        return [0x78, 0x01, .. stream.ToArray(), .. Word(unchecked((int)((high << 16) | low)))];
    }

    private static byte[] Word(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
