namespace Tokaify;

/// <summary>Where a line is, in a number: the file's number among those of an index, and the offset. Of a recovery file, its complement.</summary>
internal static class JournalPlace
{
    // A journal is shorter than a terabyte, and a folder has fewer than eight million of them.
    private const int OffsetBits = 40;
    private const long OffsetMask = (1L << OffsetBits) - 1;

    /// <summary>The place of a line.</summary>
    /// <param name="file">The file's number.</param>
    /// <param name="offset">Its offset; of a recovery file, the complement. Anything else that is no offset stays as it is.</param>
    public static long Of(int file, long offset) => offset < 0 ? ~Of(file, ~offset)
        : offset > OffsetMask ? offset
        : ((long)file << OffsetBits) | offset;

    /// <summary>The file's number, the offset in it, and whether it is the recovery file.</summary>
    public static (int File, long Offset, bool IsRecovered) Read(long place)
    {
        var number = place < 0 ? ~place : place;
        return ((int)(number >> OffsetBits), number & OffsetMask, place < 0);
    }
}
