using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tokaify;

/// <summary>Decodes Base64 into an image's file as it arrives. It is strict, but skips the spaces and line breaks that some encoders
/// insert.</summary>
/// <remarks>A long run of characters is decoded in place; short runs are collected until they fill a block.</remarks>
internal sealed class Base64Decoder(Func<PendingImage> begin)
{
    private const int GroupLength = 4;
    private const int BlockLength = 64 * 1024;
    private const int DecodedBlockLength = BlockLength / GroupLength * 3;
    private const int LongRunLength = 4 * 1024;

    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private int _length;
    private bool _hasShortRuns;
    private PendingImage? _image;

    /// <summary>The image; null until its first byte has been decoded.</summary>
    public PendingImage? Image => _image;

    /// <summary>The characters that are not decoded yet.</summary>
    public ReadOnlySpan<byte> Pending => _block.AsSpan(0, _length);

    /// <summary>Takes the next characters. The input may be split at any position.</summary>
    /// <returns>The number of characters taken; fewer than given if the characters before turned out not to be Base64.</returns>
    public int Append(ReadOnlySpan<byte> characters)
    {
        var taken = 0;
        while (taken < characters.Length && (_length < BlockLength || TryDecodeBlock()))
        {
            var rest = characters.Slice(taken, Math.Min(characters.Length - taken, BlockLength - _length));
            var space = rest.IndexOfAny(" \r\n\t"u8);
            var run = space < 0 ? rest : rest.Slice(0, space);
            var missing = Missing;
            if (run.Length < LongRunLength)
            {
                Collect(run);
            }
            else if (TryComplete(run.Slice(0, missing)))
            {
                Collect(run.Slice(missing + DecodeInPlace(run.Slice(missing))));
            }
            else
            {
                return taken + missing;
            }

            taken += space < 0 ? run.Length : run.Length + 1;
        }

        return taken;
    }

    /// <summary>Decodes a long run of characters in place, and leaves the characters after it.</summary>
    /// <returns>The number of characters taken; 0 if the run is short, or if the characters before turned out not to be Base64.</returns>
    public int AppendRun(ReadOnlySpan<byte> characters)
    {
        var missing = Missing;
        if (_hasShortRuns || characters.Length < LongRunLength || !IsBase64(characters.Slice(0, missing)))
        {
            return 0;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            var length = Avx2Base64.Decode(characters.Slice(missing), bytes);
            // A serializer that escapes one slash escapes all of them, so all runs will be short.
            _hasShortRuns = length < LongRunLength;
            if (_hasShortRuns || !TryComplete(characters.Slice(0, missing)))
            {
                return 0;
            }

            Write(bytes, length / GroupLength * 3);
            return missing + length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Decodes the remaining characters. Padding is allowed only here.</summary>
    /// <returns>False if they are not Base64.</returns>
    public bool TryEnd() =>
        _length == 0 || (_length % GroupLength == 0 && TryDecode(_length - GroupLength) && TryDecodeLastGroup());

    /// <summary>Returns the buffer to the pool. After an error the buffer is not returned.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_block);

    // The number of characters that the current group still needs.
    private int Missing => (GroupLength - (_length % GroupLength)) % GroupLength;

    private void Collect(ReadOnlySpan<byte> characters)
    {
        characters.CopyTo(_block.AsSpan(_length));
        _length += characters.Length;
    }

    /// <summary>Decodes the characters that were collected before a long run.</summary>
    /// <param name="rest">The run's first characters, which complete the current group.</param>
    /// <returns>False if they are not Base64.</returns>
    private bool TryComplete(ReadOnlySpan<byte> rest)
    {
        Collect(rest);
        if (!TryDecode(_length))
        {
            return false;
        }

        _length = 0;
        return true;
    }

    private bool TryDecodeBlock()
    {
        // One group is always kept, because it may be the last.
        const int Length = BlockLength - GroupLength;
        if (!TryDecode(Length))
        {
            return false;
        }

        _block.AsSpan(Length, GroupLength).CopyTo(_block);
        _length = GroupLength;
        return true;
    }

    // All or nothing: characters that are not Base64 may have to become text again.
    private bool TryDecode(int length)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(DecodedBlockLength);
        try
        {
            Base64.DecodeFromUtf8(_block.AsSpan(0, length), bytes, out var consumed, out var written, isFinalBlock: false);
            if (consumed == length)
            {
                Write(bytes, written);
            }

            return consumed == length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Decodes whole groups in place, except the last one, which may be the last of the string.</summary>
    /// <param name="run">The characters, at most one block.</param>
    /// <returns>The number of characters decoded, up to the first group that is not Base64.</returns>
    private int DecodeInPlace(ReadOnlySpan<byte> run)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(DecodedBlockLength);
        try
        {
            var length = (run.Length - 1) / GroupLength * GroupLength;
            Base64.DecodeFromUtf8(run.Slice(0, length), bytes, out var consumed, out var written, isFinalBlock: false);
            Write(bytes, written);
            return consumed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Write(byte[] bytes, int length)
    {
        if (length > 0)
        {
            (_image ??= begin()).Write(bytes, length);
        }
    }

    private static bool IsBase64(ReadOnlySpan<byte> characters)
    {
        foreach (var character in characters)
        {
            if (character is not ((>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z')
                or (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'/'))
            {
                return false;
            }
        }

        return true;
    }

    // The bits after the last byte have no meaning, and a decoder may reject them if they are not zero (RFC 4648, 3.5). The vectorized
    // decoder does so on some runtimes, this one on no runtime.
    private bool TryDecodeLastGroup()
    {
        try
        {
            var bytes = Convert.FromBase64String(Encoding.ASCII.GetString(_block, _length - GroupLength, GroupLength));
            Write(bytes, bytes.Length);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
