namespace Tokaify;

/// <summary>The place of a line as one number: the number of its file in an index, and the offset. For a recovery file, it is the
/// complement.</summary>
internal static class JournalPlace
{
    // A journal is shorter than a terabyte, and a folder has fewer than eight million journals.
    private const int OffsetBits = 40;
    private const long OffsetMask = (1L << OffsetBits) - 1;

    /// <summary>Returns the place of a line.</summary>
    /// <param name="file">The file's number.</param>
    /// <param name="offset">Its offset; in a recovery file, the complement of the offset. Special values, which are greater than any
    /// offset, are returned unchanged.</param>
    public static long Of(int file, long offset) => offset < 0 ? ~Of(file, ~offset)
        : offset > OffsetMask ? offset
        : ((long)file << OffsetBits) | offset;

    /// <summary>Returns the file's number, the offset in it, and whether it is the recovery file.</summary>
    public static (int File, long Offset, bool IsRecovered) Read(long place)
    {
        var number = place < 0 ? ~place : place;
        return ((int)(number >> OffsetBits), number & OffsetMask, place < 0);
    }
}
