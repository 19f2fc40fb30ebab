#if !NET
using System.Runtime.InteropServices;

namespace Tokaify;

/// <summary>The span and memory overloads of streams that netstandard2.0 lacks, over array-backed buffers.</summary>
internal static class StreamPolyfills
{
    public static async ValueTask<int> ReadAsync(this Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var array = ArrayOf(buffer);
        return await stream.ReadAsync(array.Array!, array.Offset, array.Count, cancellationToken).ConfigureAwait(false);
    }

    public static Task WriteAsync(this Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var array = ArrayOf(buffer);
        return stream.WriteAsync(array.Array!, array.Offset, array.Count, cancellationToken);
    }

    private static ArraySegment<byte> ArrayOf(ReadOnlyMemory<byte> buffer) =>
        MemoryMarshal.TryGetArray(buffer, out var array) ? array : throw new NotSupportedException("The buffer is not an array.");
}
#endif
