#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
#endif

namespace Tokaify;

/// <summary>Base64 for long runs, at full speed from the first call on.</summary>
/// <remarks>Uses the tables of W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions"
/// (https://arxiv.org/abs/1704.00605). The framework's implementation reaches full speed only after about thirty calls and some time. Most
/// batches have ended by then, or have received their first responses, all at once. This class is fully optimized before its first
/// call.</remarks>
internal static class Avx2Base64
{
#if NET
    // The number of bytes in one step, and of their Base64 characters (one vector).
    private const int BytesLength = 24;
    private const int CharactersLength = 32;

    // The number of bytes that a step accesses: vectors are read and written as a whole.
    private const int ReadLength = 28;
    private const int WriteLength = 32;

    /// <summary>Encodes as many whole steps as fit.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="characters">Receives four characters for three bytes.</param>
    /// <returns>The number of encoded bytes, a multiple of 24; 0 if the processor lacks the instructions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> characters)
    {
        var count = Math.Min(Steps(bytes.Length, ReadLength, BytesLength), characters.Length / CharactersLength);
        if (!Avx2.IsSupported || count == 0)
        {
            return 0;
        }

        // Each three bytes become two overlapping pairs, so that each group of six bits lies within one pair.
        var order = Both(Vector128.Create((byte)1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
        // The difference between a character and its value, by range: a-z, each digit, plus, slash, A-Z.
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

    /// <summary>Decodes up to the first character that is not Base64, so the end of a run is found in the same pass.</summary>
    /// <param name="characters">The run, and the characters after it.</param>
    /// <param name="bytes">Receives three bytes for four characters; up to eight bytes after them are overwritten.</param>
    /// <returns>The number of decoded characters, a multiple of 32, all of them Base64; 0 if the processor lacks the
    /// instructions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes)
    {
        var count = Math.Min(characters.Length / CharactersLength, Steps(bytes.Length, WriteLength, BytesLength));
        if (!Avx2.IsSupported || count == 0)
        {
            return 0;
        }

        // Classes of characters, by the low and by the high half of their bits: a Base64 character has no bit in common in both tables.
        var lowHalves = Both(Vector128.Create(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A).AsByte());
        var highHalves = Both(Vector128.Create(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10).AsByte());
        // The difference between a value and its character, by the high half of the character; the slash has the entry before its own.
        var shifts = Both(Vector128.Create(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0).AsByte());
        // Takes the three significant bytes of each four, in reverse order; then the two lanes are joined.
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

            // Packs the 6-bit values: first into pairs of 12 bits, then into 24 bits in each four bytes.
            var sextets = values + Avx2.Shuffle(shifts, Vector256.Equals(values, slash) + high);
            var pairs = Avx2.MultiplyAddAdjacent(sextets, Vector256.Create(0x0140_0140).AsSByte());
            var triples = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(0x0001_1000).AsInt16()).AsByte();
            var packed = Avx2.PermuteVar8x32(Avx2.Shuffle(triples, order).AsInt32(), lanes).AsByte();
            packed.StoreUnsafe(ref target, (nuint)(step * BytesLength));
        }

        return step * CharactersLength;
    }

    // Each step needs its own length; the last one needs the length of a whole access.
    private static int Steps(int length, int whole, int step) => length < whole ? 0 : ((length - whole) / step) + 1;

    private static Vector256<byte> Both(Vector128<byte> lane) => Vector256.Create(lane, lane);
#else
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> characters) => 0;

    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes) => 0;
#endif
}
