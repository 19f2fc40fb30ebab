#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
#endif

namespace Tokaify;

/// <summary>Decodes Base64 up to the first character that is none: the run and its end are found in one go.</summary>
/// <remarks>With the tables of W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions"
/// (https://arxiv.org/abs/1704.00605). The framework's decoder becomes fast only after some thirty calls and a while, and the first
/// answers of a batch come all at once; this is compiled for speed before its first call.</remarks>
internal static class Base64Run
{
#if NET
    private const int StepLength = 32;
    private const int DecodedStepLength = 24;

    /// <summary>Decodes what it can.</summary>
    /// <param name="characters">The run, and what follows it.</param>
    /// <param name="bytes">Receives the bytes, three for four characters; up to eight behind them are written over.</param>
    /// <returns>How many characters were decoded, all of them Base64: whole steps of 32. None where the processor lacks the instructions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes)
    {
        if (!Avx2.IsSupported)
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
        var count = Math.Min(characters.Length, (bytes.Length - (StepLength - DecodedStepLength)) / DecodedStepLength * StepLength) / StepLength;
        var step = 0;
        for (; step < count; step++)
        {
            var values = Vector256.LoadUnsafe(ref source, (nuint)(step * StepLength));
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
            packed.StoreUnsafe(ref target, (nuint)(step * DecodedStepLength));
        }

        return step * StepLength;
    }

    private static Vector256<byte> Both(Vector128<byte> lane) => Vector256.Create(lane, lane);
#else
    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes) => 0;
#endif
}
