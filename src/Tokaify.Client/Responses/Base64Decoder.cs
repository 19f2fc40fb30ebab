using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tokaify;

/// <summary>Decodes Base64 into a picture's file as it arrives. Strict, but for the spaces and line breaks that some
/// encoders put in.</summary>
/// <remarks>A long run of characters is decoded where it lies; short ones are collected until there is a block of them.</remarks>
internal sealed class Base64Decoder(PendingImage image)
{
    private const int GroupLength = 4;
    private const int BlockLength = 64 * 1024;
    private const int LongRunLength = 4 * 1024;

    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private int _length;

    /// <summary>The characters that are not decoded yet.</summary>
    public ReadOnlySpan<byte> Pending => _block.AsSpan(0, _length);

    /// <summary>Takes characters, cut anywhere.</summary>
    /// <returns>How many of them; fewer than there are where those before turned out to be no Base64.</returns>
    public int Append(ReadOnlySpan<byte> characters)
    {
        var taken = 0;
        while (taken < characters.Length && (_length < BlockLength || TryDecodeBlock()))
        {
            var rest = characters.Slice(taken, Math.Min(characters.Length - taken, BlockLength - _length));
            var space = rest.IndexOfAny(" \r\n\t"u8);
            var run = space < 0 ? rest : rest.Slice(0, space);
            if (run.Length >= LongRunLength && !TryDecodeBefore(ref run, ref taken))
            {
                break;
            }

            Collect(run.Slice(run.Length < LongRunLength ? 0 : Decode(run)));
            taken += space < 0 ? run.Length : run.Length + 1;
        }

        return taken;
    }

    /// <summary>Decodes what is left: only here may there be padding.</summary>
    /// <returns>False where it is no Base64.</returns>
    public bool TryEnd() =>
        _length == 0 || (_length % GroupLength == 0 && TryDecode(_length - GroupLength) && TryDecodeLastGroup());

    /// <summary>Gives the buffer back. Where an error goes by, the pool does without it.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_block);

    private void Collect(ReadOnlySpan<byte> characters)
    {
        characters.CopyTo(_block.AsSpan(_length));
        _length += characters.Length;
    }

    /// <summary>Decodes what was collected before a long run, the group completed with the run's first characters.</summary>
    /// <returns>False where it is no Base64.</returns>
    private bool TryDecodeBefore(ref ReadOnlySpan<byte> run, ref int taken)
    {
        var missing = (GroupLength - (_length % GroupLength)) % GroupLength;
        Collect(run.Slice(0, missing));
        run = run.Slice(missing);
        taken += missing;
        if (!TryDecode(_length))
        {
            return false;
        }

        _length = 0;
        return true;
    }

    private bool TryDecodeBlock()
    {
        // One group is always kept back: it may be the last.
        const int Length = BlockLength - GroupLength;
        if (!TryDecode(Length))
        {
            return false;
        }

        _block.AsSpan(Length, GroupLength).CopyTo(_block);
        _length = GroupLength;
        return true;
    }

    private bool TryDecode(int length) => Decode(_block.AsSpan(0, length), isFollowed: true) == length;

    /// <summary>Decodes whole groups.</summary>
    /// <param name="characters">They; no more than a block.</param>
    /// <param name="isFollowed">Whether more characters have been seen: if not, the last group is kept back.</param>
    /// <returns>The number of characters decoded, up to the first group that is no Base64.</returns>
    private int Decode(ReadOnlySpan<byte> characters, bool isFollowed = false)
    {
        var length = isFollowed ? characters.Length : (characters.Length - 1) / GroupLength * GroupLength;
        var bytes = ArrayPool<byte>.Shared.Rent(BlockLength / GroupLength * 3);
        try
        {
            Base64.DecodeFromUtf8(characters.Slice(0, length), bytes, out var consumed, out var written, isFinalBlock: false);
            image.Write(bytes, written);
            return consumed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // The bits behind the last byte mean nothing, and a decoder may refuse them or not (RFC 4648, 3.5): the vectorized one
    // does on some runtimes, this one on none.
    private bool TryDecodeLastGroup()
    {
        try
        {
            var bytes = Convert.FromBase64String(Encoding.ASCII.GetString(_block, _length - GroupLength, GroupLength));
            image.Write(bytes, bytes.Length);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
