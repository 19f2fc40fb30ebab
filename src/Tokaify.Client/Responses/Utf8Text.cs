using System.Buffers;
using System.Text;

namespace Tokaify;

/// <summary>A text that is put together of pieces of UTF-8, cut anywhere.</summary>
/// <remarks>It grows by a segment at a time: an array that doubles would take up three times the text's length while it does.</remarks>
/// <param name="limit">The greatest length, in bytes.</param>
/// <param name="budget">What its memory is taken from; null for nothing.</param>
internal sealed class Utf8Text(int limit = Utf8Text.Limit, MemoryBudget? budget = null) : IStringSink
{
    /// <summary>The greatest length of a text, in bytes, where nothing else is said: eight times what a model may write at once.</summary>
    public const int Limit = 1024 * 1024;

    private const int FirstSegmentLength = 256;
    private const int LongestSegmentLength = 1024 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _segment = [];
    private int _segmentLength;
    private int _length;

    /// <summary>Whether what exceeds the limit is left out, in place of an error.</summary>
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

    /// <summary>The text; what is no UTF-8 shows as U+FFFD.</summary>
    public override string ToString() => _full.Count == 0
        ? Encoding.UTF8.GetString(_segment, 0, _segmentLength)
        : Encoding.UTF8.GetString(ToArray());

    /// <summary>Gives its memory back. Where an error goes by, the pool does without it.</summary>
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
