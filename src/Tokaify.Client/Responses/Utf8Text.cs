using System.Text;

namespace Tokaify;

/// <summary>A text that is put together of pieces of UTF-8, cut anywhere.</summary>
/// <param name="limit">The greatest length, in bytes.</param>
internal sealed class Utf8Text(int limit = Utf8Text.Limit) : IStringTarget
{
    /// <summary>The greatest length of a text, in bytes, where nothing else is said.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private byte[] _utf8 = new byte[256];
    private int _length;

    public int AppendRun(ReadOnlySpan<byte> json) => 0;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        var length = _length + utf8.Length;
        if (length > limit)
        {
            throw new BadResponseException($"a text in it is longer than {limit} bytes");
        }

        if (length > _utf8.Length)
        {
            Array.Resize(ref _utf8, Math.Max(length, _utf8.Length * 2));
        }

        utf8.CopyTo(_utf8.AsSpan(_length));
        _length = length;
    }

    public void End()
    {
    }

    /// <summary>Its bytes.</summary>
    public byte[] ToArray() => _utf8.AsSpan(0, _length).ToArray();

    /// <summary>The text; what is no UTF-8 shows as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_utf8, 0, _length);
}
