using System.Buffers;

namespace Tokaify;

/// <summary>Reads and copies pieces of streams.</summary>
internal static class StreamCopy
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Copies a number of bytes.</summary>
    /// <exception cref="MetadataException">The stream has fewer bytes.</exception>
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

    /// <summary>Copies the rest.</summary>
    public static void CopyRest(this Stream source, Stream target) => source.CopyExactly(target, source.Length - source.Position);

    /// <summary>Reads a number of bytes.</summary>
    /// <exception cref="MetadataException">The stream has fewer bytes.</exception>
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
