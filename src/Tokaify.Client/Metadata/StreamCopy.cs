using System.Buffers;

namespace Tokaify;

/// <summary>Pieces of one stream for another.</summary>
internal static class StreamCopy
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Copies so many bytes.</summary>
    /// <exception cref="MetadataException">There are fewer.</exception>
    public static void CopyExactly(this Stream source, Stream target, long length)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            for (var left = length; left > 0;)
            {
                var read = source.Read(block, 0, (int)Math.Min(left, BlockLength));
                if (read == 0)
                {
                    throw CutOff();
                }

                target.Write(block, 0, read);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Copies what is left.</summary>
    public static void CopyRest(this Stream source, Stream target) => source.CopyExactly(target, source.Length - source.Position);

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="MetadataException">There are fewer.</exception>
    public static byte[] ReadExactly(this Stream source, int length)
    {
        var bytes = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var read = source.Read(bytes, filled, length - filled);
            filled += read > 0 ? read : throw CutOff();
        }

        return bytes;
    }

    public static void Write(this Stream target, byte[] bytes) => target.Write(bytes, 0, bytes.Length);

    private static MetadataException CutOff() => new("the file ends too early");
}
