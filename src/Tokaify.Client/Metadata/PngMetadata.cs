using System.Buffers.Binary;
using System.Text;

namespace Tokaify;

/// <summary>Writes international text chunks, right after the header chunk (https://www.w3.org/TR/png-3/#11iTXt).</summary>
internal static class PngMetadata
{
    // The signature, and the header chunk, which is the first one and has a fixed length.
    private const int StartLength = 8 + 4 + 4 + 13 + 4;

    // The prefix distinguishes these texts from other texts in images that have plain names ("Prompt", "Model").
    private const string KeywordPrefix = "Tokaify ";

    public static void Copy(Stream image, ImageMetadata metadata, Stream target)
    {
        var start = image.ReadExactly(StartLength);
        if (!start.AsSpan(8).StartsWith("\0\0\0\rIHDR"u8))
        {
            throw new MetadataException("the PNG does not begin with its header chunk");
        }

        target.Write(start);
        foreach (var (name, value) in metadata.Fields())
        {
            target.Write(TextChunk(KeywordPrefix + name, value));
        }

        image.CopyRest(target);
    }

    /// <summary>Creates a chunk: its length, its type and data, and their checksum.</summary>
    /// <param name="data">The type, four characters, and the data.</param>
    public static byte[] Chunk(byte[] data)
    {
        var chunk = new byte[4 + data.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length - 4);
        data.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + data.Length), Crc32.Of(data));
        return chunk;
    }

    private static byte[] TextChunk(string keyword, string text)
    {
        // The text ends with its chunk and must not contain NUL. The bytes after the keyword mean: not compressed, no method, no language,
        // no translated keyword.
        return Chunk(Encoding.UTF8.GetBytes($"iTXt{keyword}\0\0\0\0\0{text.Replace('\0', ' ')}"));
    }
}
