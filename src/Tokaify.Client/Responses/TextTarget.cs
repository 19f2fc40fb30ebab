using System.Text;

namespace Tokaify;

/// <summary>Collects a text.</summary>
internal sealed class TextTarget(Action<string> end, int limit = TextTarget.DefaultLimit) : IStringTarget
{
    public const int DefaultLimit = 4 * 1024 * 1024;

    private byte[] _utf8 = new byte[256];
    private int _length;

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

    public void End() => end(Encoding.UTF8.GetString(_utf8, 0, _length));
}

/// <summary>Lets a string go by that nobody asks for.</summary>
internal sealed class SkipTarget : IStringTarget
{
    public static SkipTarget Instance { get; } = new();

    public void Append(ReadOnlySpan<byte> utf8)
    {
    }

    public void End()
    {
    }
}
