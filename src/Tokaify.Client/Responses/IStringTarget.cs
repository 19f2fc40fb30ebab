namespace Tokaify;

/// <summary>Receives a string's bytes as they arrive.</summary>
internal interface IStringTarget
{
    /// <summary>Takes the next bytes, UTF-8, cut anywhere.</summary>
    void Append(ReadOnlySpan<byte> utf8);

    /// <summary>The string has ended.</summary>
    void End();
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
