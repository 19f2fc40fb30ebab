namespace Tokaify;

/// <summary>Receives a string's bytes as they arrive.</summary>
internal interface IStringSink
{
    /// <summary>Takes as much as it can of JSON in which the end of the string has not been searched for yet. It must not take a quote, an
    /// escape or a control character.</summary>
    /// <returns>The number of bytes taken; 0 if the sink cannot recognize these characters cheaply.</returns>
    int AppendRun(ReadOnlySpan<byte> json);

    /// <summary>Takes the next bytes of UTF-8. The input may be split at any position.</summary>
    void Append(ReadOnlySpan<byte> utf8);

    /// <summary>Called when the string has ended.</summary>
    void End();
}

/// <summary>Skips a string that is not needed.</summary>
internal sealed class SkipSink : IStringSink
{
    public static SkipSink Instance { get; } = new();

    public int AppendRun(ReadOnlySpan<byte> json) => 0;

    public void Append(ReadOnlySpan<byte> utf8)
    {
    }

    public void End()
    {
    }
}
