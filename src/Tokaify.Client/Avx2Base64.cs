#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
#endif

namespace Tokaify;

/// <summary>Base64 for long runs, as fast in its first call as in its last.</summary>
/// <remarks>With the tables of W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions"
/// (https://arxiv.org/abs/1704.00605). The framework's own is fast only after some thirty calls and a while: most batches are over
/// by then, or their first responses have come, all at once. This is compiled for speed before its first call.</remarks>
internal static class Avx2Base64
{
#if NET
    // Bytes, and their Base64, that fit into one vector.
    private const int BytesLength = 24;
    private const int CharactersLength = 32;

    // Vectors are read and written whole.
    private const int ReadLength = 28;
    private const int WriteLength = 32;

    /// <summary>Encodes what it can.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="characters">Receives four characters for three bytes.</param>
    /// <returns>How many bytes were encoded: whole steps of 24. None where the processor lacks the instructions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> characters)
    {
        var count = Math.Min(Steps(bytes.Length, ReadLength, BytesLength), characters.Length / CharactersLength);
        if (!Avx2.IsSupported || count == 0)
        {
            return 0;
        }

        // Each three bytes as two pairs that overlap: every group of six bits lies within one of them.
        var order = Both(Vector128.Create((byte)1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
        // What a character is more than its value, by range: a-z, the digits one by one, plus, slash, A-Z.
        var shifts = Both(Vector128.Create(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0).AsByte());

        ref var source = ref MemoryMarshal.GetReference(bytes);
        ref var target = ref MemoryMarshal.GetReference(characters);
        for (var step = 0; step < count; step++)
        {
            ref var start = ref Unsafe.Add(ref source, step * BytesLength);
            var groups = Avx2.Shuffle(Vector256.Create(Vector128.LoadUnsafe(ref start), Vector128.LoadUnsafe(ref start, 12)), order).AsUInt16();
            // The first and the third group of six bits move down, the second and the fourth up.
            var odd = Avx2.MultiplyHigh(groups & Vector256.Create(0x0FC0_FC00u).AsUInt16(), Vector256.Create(0x0400_0040u).AsUInt16());
            var even = (groups & Vector256.Create(0x003F_03F0u).AsUInt16()) * Vector256.Create(0x0100_0010u).AsUInt16();
            var values = (odd | even).AsByte();
            var ranges = Avx2.SubtractSaturate(values, Vector256.Create((byte)51));
            var isUpper = Vector256.LessThan(values.AsSByte(), Vector256.Create((sbyte)26)).AsByte();
            ranges = Vector256.ConditionalSelect(isUpper, Vector256.Create((byte)13), ranges);
            (values + Avx2.Shuffle(shifts, ranges)).StoreUnsafe(ref target, (nuint)(step * CharactersLength));
        }

        return count * BytesLength;
    }

    /// <summary>Decodes up to the first character that is no Base64: a run and its end are found in one go.</summary>
    /// <param name="characters">The run, and what follows it.</param>
    /// <param name="bytes">Receives three bytes for four characters; up to eight behind them are written over.</param>
    /// <returns>How many characters were decoded, all of them Base64: whole steps of 32. None where the processor lacks the instructions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes)
    {
        var count = Math.Min(characters.Length / CharactersLength, Steps(bytes.Length, WriteLength, BytesLength));
        if (!Avx2.IsSupported || count == 0)
        {
            return 0;
        }

        // Which characters there are, by the low half of their bits and by the high one: none has a bit in both tables.
        var lowHalves = Both(Vector128.Create(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A).AsByte());
        var highHalves = Both(Vector128.Create(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10).AsByte());
        // What a character's value is less than the character, by the high half; the slash, one before its place.
        var shifts = Both(Vector128.Create(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0).AsByte());
        // Of each four bytes the three that count, the first one first; then the two lanes side by side.
        var order = Both(Vector128.Create(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1).AsByte());
        var lanes = Vector256.Create(0, 1, 2, 4, 5, 6, 3, 7);
        var slash = Vector256.Create((byte)'/');

        ref var source = ref MemoryMarshal.GetReference(characters);
        ref var target = ref MemoryMarshal.GetReference(bytes);
        var step = 0;
        for (; step < count; step++)
        {
            var values = Vector256.LoadUnsafe(ref source, (nuint)(step * CharactersLength));
            var high = Vector256.ShiftRightLogical(values.AsUInt32(), 4).AsByte() & slash;
            if ((Avx2.Shuffle(lowHalves, values & slash) & Avx2.Shuffle(highHalves, high)) != Vector256<byte>.Zero)
            {
                break;
            }

            // Bits of 6 out of bytes of 8: pairs of 12 first, then 24 in each four bytes.
            var sextets = values + Avx2.Shuffle(shifts, Vector256.Equals(values, slash) + high);
            var pairs = Avx2.MultiplyAddAdjacent(sextets, Vector256.Create(0x0140_0140).AsSByte());
            var triples = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(0x0001_1000).AsInt16()).AsByte();
            var packed = Avx2.PermuteVar8x32(Avx2.Shuffle(triples, order).AsInt32(), lanes).AsByte();
            packed.StoreUnsafe(ref target, (nuint)(step * BytesLength));
        }

        return step * CharactersLength;
    }

    // Each step takes its length, the last one what is read or written whole.
    private static int Steps(int length, int whole, int step) => length < whole ? 0 : ((length - whole) / step) + 1;

    private static Vector256<byte> Both(Vector128<byte> lane) => Vector256.Create(lane, lane);
#else
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> characters) => 0;

    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes) => 0;
#endif
}
