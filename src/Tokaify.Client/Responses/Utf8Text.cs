using System.Buffers;
using System.Text;

namespace Tokaify;

/// <summary>A text that is built from pieces of UTF-8, which may be split at any position.</summary>
/// <remarks>It grows by one segment at a time: an array that doubles would need three times the text's length while it is copied.</remarks>
/// <param name="limit">The greatest length, in bytes.</param>
/// <param name="budget">The budget for its memory; null if there is none.</param>
internal sealed class Utf8Text(int limit = Utf8Text.Limit, MemoryBudget? budget = null) : IStringSink
{
    /// <summary>The default for the greatest length of a text, in bytes: eight times the longest text that a model writes.</summary>
    public const int Limit = 1024 * 1024;

    private const int FirstSegmentLength = 256;
    private const int LongestSegmentLength = 1024 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _segment = [];
    private int _segmentLength;
    private int _length;

    /// <summary>Whether bytes beyond the limit are left out instead of being an error.</summary>
    public bool CutsOff { get; init; }

    /// <summary>Whether something was left out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Its length in bytes.</summary>
    public int Length => _length;

    public int AppendRun(ReadOnlySpan<byte> json) => 0;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > limit - _length)
        {
            IsCut = true;
            utf8 = CutsOff ? utf8.Slice(0, limit - _length) : throw new BadResponseException($"a text in it is longer than {limit} bytes");
        }

        _length += utf8.Length;
        while (utf8.Length > 0)
        {
            if (_segmentLength == _segment.Length)
            {
                AddSegment();
            }

            var piece = utf8.Slice(0, Math.Min(utf8.Length, _segment.Length - _segmentLength));
            piece.CopyTo(_segment.AsSpan(_segmentLength));
            _segmentLength += piece.Length;
            utf8 = utf8.Slice(piece.Length);
        }
    }

    public void End()
    {
    }

    /// <summary>Its bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_length];
        var position = 0;
        foreach (var segment in _full)
        {
            segment.CopyTo(bytes, position);
            position += segment.Length;
        }

        _segment.AsSpan(0, _segmentLength).CopyTo(bytes.AsSpan(position));
        return bytes;
    }

    /// <summary>The text; invalid UTF-8 becomes U+FFFD.</summary>
    public override string ToString() => _full.Count == 0
        ? Encoding.UTF8.GetString(_segment, 0, _segmentLength)
        : Encoding.UTF8.GetString(ToArray());

    /// <summary>Returns its memory to the pool. After an error the memory is not returned.</summary>
    public void Release()
    {
        budget?.Give(Capacity);
        _full.ForEach(Return);
        Return(_segment);
        _full.Clear();
        _segment = [];
        _segmentLength = _length = 0;
    }

    private long Capacity => _full.Sum(segment => (long)segment.Length) + _segment.Length;

    private void AddSegment()
    {
        var segment = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(_segment.Length * 2, FirstSegmentLength), LongestSegmentLength));
        budget?.Take(segment.Length);
        if (_segment.Length > 0)
        {
            _full.Add(_segment);
        }

        _segment = segment;
        _segmentLength = 0;
    }

    private static void Return(byte[] segment)
    {
        if (segment.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(segment);
        }
    }
}
