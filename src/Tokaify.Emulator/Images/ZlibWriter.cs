using System.IO.Compression;

namespace Tokaify.Emulation;

/// <summary>Writes the zlib format (RFC 1950), which PNG needs and netstandard2.0 does not have.</summary>
internal sealed class ZlibWriter : IDisposable
{
    private readonly Stream _output;
    private readonly DeflateStream _deflate;
    private uint _sum = 1;
    private uint _sumOfSums;

    public ZlibWriter(Stream output)
    {
        _output = output;
        // The header: deflate with a window of 32 KiB, fast compression, no dictionary.
        output.WriteByte(0x78);
        output.WriteByte(0x01);
        _deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true);
    }

    public void Write(byte[] bytes)
    {
        _deflate.Write(bytes, 0, bytes.Length);
        AddToAdler(bytes);
    }

    public void Dispose()
    {
        _deflate.Dispose();
        var adler = (_sumOfSums << 16) | _sum;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            _output.WriteByte((byte)(adler >> shift));
        }
    }

    private void AddToAdler(ReadOnlySpan<byte> bytes)
    {
        const uint Base = 65521;
        // The maximum number of bytes whose sums fit into 32 bits. The modulo is applied after each run.
        const int LongestRun = 5552;
        while (!bytes.IsEmpty)
        {
            var run = bytes.Slice(0, Math.Min(bytes.Length, LongestRun));
            foreach (var value in run)
            {
                _sum += value;
                _sumOfSums += _sum;
            }

            _sum %= Base;
            _sumOfSums %= Base;
            bytes = bytes.Slice(run.Length);
        }
    }
}
