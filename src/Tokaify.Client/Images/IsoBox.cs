using System.Buffers.Binary;

namespace Tokaify;

/// <summary>A box of an ISO base media file (ISO/IEC 14496-12, 4.2).</summary>
/// <param name="Type">Its four-character code, big-endian.</param>
/// <param name="Content">The position after its header.</param>
/// <param name="End">The position after it, never beyond the end of its container.</param>
internal readonly record struct IsoBox(uint Type, long Content, long End)
{
    private const int HeaderLength = 8;
    private const int LargeHeaderLength = 16;

    /// <summary>The version and flags that start the content of a "full" box.</summary>
    public const int VersionAndFlags = 4;

    /// <summary>Whether it has a four-character code.</summary>
    public bool Is(ReadOnlySpan<byte> type) => Type == BinaryPrimitives.ReadUInt32BigEndian(type);

    /// <summary>Returns the boxes between two positions, up to the first invalid one. Their contents are skipped.</summary>
    public static IEnumerable<IsoBox> Between(FileWindow file, long start, long end)
    {
        while (ReadAt(file, start, end) is { } box)
        {
            yield return box;
            start = box.End;
        }
    }

    private static IsoBox? ReadAt(FileWindow file, long start, long end)
    {
        const uint ToTheEnd = 0, LengthFollows = 1;
        if (end - start < HeaderLength || file.Read(start, HeaderLength) is not { IsEmpty: false } header)
        {
            return null;
        }

        ulong length = BinaryPrimitives.ReadUInt32BigEndian(header);
        var type = BinaryPrimitives.ReadUInt32BigEndian(header.Slice(4));
        var headerLength = HeaderLength;
        if (length == ToTheEnd)
        {
            length = (ulong)(end - start);
        }
        else if (length == LengthFollows)
        {
            headerLength = LargeHeaderLength;
            var large = file.Read(start + HeaderLength, sizeof(ulong));
            length = large.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(large);
        }

        length = Math.Min(length, (ulong)(end - start));
        return length < (ulong)headerLength ? null : new IsoBox(type, start + headerLength, start + (long)length);
    }
}
