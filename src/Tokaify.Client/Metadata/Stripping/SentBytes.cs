namespace Tokaify;

/// <summary>The bytes of an image file that are sent: ranges of the file, and a few new bytes, in order.</summary>
internal sealed class SentBytes
{
    // An ordinary file has fewer than ten pieces. For a file of alternating chunks, the list would need much memory.
    private const int MaxPieces = 10_000;

    private readonly List<SentPiece> _pieces = [];

    /// <summary>The pieces, in order.</summary>
    public IReadOnlyList<SentPiece> Pieces => _pieces;

    /// <summary>The number of bytes that are sent.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a range of the file. A range that follows the last one directly becomes part of it.</summary>
    /// <param name="start">The offset of its first byte.</param>
    /// <param name="end">The offset after its last byte.</param>
    /// <exception cref="MetadataException">There are too many pieces.</exception>
    public void AddRange(long start, long end)
    {
        if (end <= start)
        {
            return;
        }

        Length += end - start;
        if (_pieces.Count > 0 && _pieces[_pieces.Count - 1] is { Bytes: null } last && last.Start + last.Length == start)
        {
            _pieces[_pieces.Count - 1] = last with { Length = end - last.Start };
            return;
        }

        Add(new SentPiece(start, end - start, Bytes: null));
    }

    /// <summary>Adds new bytes.</summary>
    /// <returns>The index of their piece, for <see cref="Replace"/>.</returns>
    /// <exception cref="MetadataException">There are too many pieces.</exception>
    public int AddBytes(byte[] bytes)
    {
        Length += bytes.Length;
        Add(new SentPiece(Start: 0, bytes.Length, bytes));
        return _pieces.Count - 1;
    }

    /// <summary>Replaces added bytes by others of the same length, because the length of the file is known only at the end.</summary>
    public void Replace(int index, byte[] bytes) => _pieces[index] = new SentPiece(Start: 0, bytes.Length, bytes);

    private void Add(SentPiece piece)
    {
        if (_pieces.Count == MaxPieces)
        {
            throw new MetadataException("it is made of too many pieces");
        }

        _pieces.Add(piece);
    }
}

/// <summary>A piece of the sent bytes.</summary>
/// <param name="Start">The offset in the file.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Bytes">The bytes, if they are not in the file.</param>
internal sealed record SentPiece(long Start, long Length, byte[]? Bytes);
