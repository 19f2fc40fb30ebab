using System.Buffers.Binary;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Reads the chunks of a PNG file in order, and verifies the checksum of each (PNG Specification, Third Edition, 5).</summary>
internal sealed class PngChunks(Stream file)
{
    private readonly byte[] _word = new byte[4];
    private readonly byte[] _skipped = new byte[4096];
    private uint _checksum;
    private uint _left;

    /// <summary>The type of the current chunk.</summary>
    public string Type { get; private set; } = "";

    /// <summary>The length of its data.</summary>
    public uint Length { get; private set; }

    /// <summary>Whether reading the file failed, independent of its content.</summary>
    public bool FileFailed { get; private set; }

    /// <summary>Reads the signature of a PNG file.</summary>
    public void ReadSignature()
    {
        var start = new byte[PngHeader.Signature.Length];
        Fill(start, start.Length);
        PngDecoder.Require(PngHeader.Matches(start), "it does not begin as a PNG does");
    }

    /// <summary>Reads the header of the next chunk. The chunk before must have been read to its end.</summary>
    public string Next()
    {
        Fill(_word, _word.Length);
        Length = BinaryPrimitives.ReadUInt32BigEndian(_word);
        PngDecoder.Require(Length <= int.MaxValue, "a length in it is not as specified");
        Fill(_word, _word.Length);
        _checksum = Crc32.Append(Crc32.Start, _word);
        _left = Length;
        return Type = Encoding.ASCII.GetString(_word);
    }

    /// <summary>Reads the whole data of a short chunk.</summary>
    public byte[] ReadData()
    {
        var data = new byte[Length];
        PngDecoder.Require(Read(data, 0, data.Length) == data.Length, "it breaks off");
        End();
        return data;
    }

    /// <summary>Skips the chunk.</summary>
    public void Skip()
    {
        while (Read(_skipped, 0, _skipped.Length) > 0)
        {
        }

        End();
    }

    /// <summary>The image's data: the content of this chunk and of the directly following chunks of the same type.</summary>
    public Stream ImageData() => new DataStream(this);

    // Reads at most the rest of the chunk.
    private int Read(byte[] buffer, int offset, int count)
    {
        var wanted = (int)Math.Min(_left, (uint)count);
        Fill(buffer, wanted, offset);
        _checksum = Crc32.Append(_checksum, buffer.AsSpan(offset, wanted));
        _left -= (uint)wanted;
        return wanted;
    }

    private void End()
    {
        Fill(_word, _word.Length);
        PngDecoder.Require(BinaryPrimitives.ReadUInt32BigEndian(_word) == Crc32.End(_checksum), "a checksum in it is wrong");
    }

    private void Fill(byte[] buffer, int count, int offset = 0)
    {
        for (var filled = 0; filled < count;)
        {
            var read = ReadFile(buffer, offset + filled, count - filled);
            PngDecoder.Require(read > 0, "it breaks off");
            filled += read;
        }
    }

    private int ReadFile(byte[] buffer, int offset, int count)
    {
        try
        {
            return file.Read(buffer, offset, count);
        }
        catch (IOException)
        {
            FileFailed = true;
            throw;
        }
    }

    private sealed class DataStream(PngChunks chunks) : ReadableStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            while (chunks.Type == "IDAT" && chunks._left == 0)
            {
                chunks.End();
                chunks.Next();
            }

            return chunks.Type == "IDAT" ? chunks.Read(buffer, offset, count) : 0;
        }
    }
}
