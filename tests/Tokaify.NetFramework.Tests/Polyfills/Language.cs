// Types that the compiler needs and .NET Framework lacks, in addition to src/Shared/Polyfills.cs.
#pragma warning disable IDE0130

namespace System
{
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }

    internal readonly struct Range(Index start, Index end)
    {
        public Index Start => start;

        public Index End => end;

        public static Range StartAt(Index start) => new(start, new Index(0, fromEnd: true));

        public static Range EndAt(Index end) => new(0, end);

        public (int Offset, int Length) GetOffsetAndLength(int length)
        {
            var offset = start.GetOffset(length);
            return (offset, end.GetOffset(length) - offset);
        }
    }
}

namespace System.Runtime.CompilerServices
{
    internal static class RuntimeHelpers
    {
        public static T[] GetSubArray<T>(T[] array, Range range)
        {
            var (offset, length) = range.GetOffsetAndLength(array.Length);
            return array.AsSpan(offset, length).ToArray();
        }
    }
}
