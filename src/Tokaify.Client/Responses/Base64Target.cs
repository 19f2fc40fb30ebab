using System.Buffers;
using System.Buffers.Text;

namespace Tokaify;

/// <summary>Decodes Base64 into a picture's file as it arrives. Strict, but for the spaces and line breaks that some encoders put in.</summary>
internal sealed class Base64Target(PendingImage image) : IStringTarget
{
    private const int GroupLength = 4;
    private const int BlockLength = 16 * 1024 * GroupLength;

    // One group is always kept back: only the last of all may be padded.
    private readonly byte[] _group = new byte[GroupLength];
    private int _groupLength;
    private bool _hasSpaces;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > 0)
        {
            if (IsSpace(utf8[0]))
            {
                utf8 = utf8.Slice(1);
                continue;
            }

            if (_groupLength == GroupLength)
            {
                DecodeGroup(isLast: false);
            }

            var run = UpToSpace(utf8);
            if (_groupLength > 0 || run.Length <= GroupLength)
            {
                _group[_groupLength++] = utf8[0];
                utf8 = utf8.Slice(1);
                continue;
            }

            var length = Math.Min((run.Length - 1) / GroupLength * GroupLength, BlockLength);
            if (TryDecode(run.Slice(0, length)))
            {
                utf8 = utf8.Slice(length);
            }
        }
    }

    public void End()
    {
        if (_groupLength > 0)
        {
            DecodeGroup(isLast: true);
        }

        image.Complete();
    }

    private ReadOnlySpan<byte> UpToSpace(ReadOnlySpan<byte> utf8)
    {
        // Looked for only once one has been met: hardly any encoder puts them in.
        var space = _hasSpaces ? utf8.IndexOfAny(" \r\n\t"u8) : -1;
        return space < 0 ? utf8 : utf8.Slice(0, space);
    }

    private bool TryDecode(ReadOnlySpan<byte> groups)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(groups.Length / GroupLength * 3);
        try
        {
            if (Base64.DecodeFromUtf8(groups, bytes, out _, out var length, isFinalBlock: false) == OperationStatus.Done)
            {
                image.Write(bytes, length);
                return true;
            }

            if (_hasSpaces || groups.IndexOfAny(" \r\n\t"u8) < 0)
            {
                throw Invalid();
            }

            _hasSpaces = true;
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void DecodeGroup(bool isLast)
    {
        var bytes = new byte[3];
        if (Base64.DecodeFromUtf8(_group.AsSpan(0, _groupLength), bytes, out _, out var length, isLast) != OperationStatus.Done)
        {
            throw Invalid();
        }

        _groupLength = 0;
        image.Write(bytes, length);
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t';

    private static BadResponseException Invalid() => new("its picture is no valid Base64");
}
