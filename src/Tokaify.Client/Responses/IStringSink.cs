namespace Tokaify;

/// <summary>Receives a string's bytes as they arrive.</summary>
internal interface IStringSink
{
    /// <summary>Takes as much as it can of JSON in which the string's end has not been searched for yet: nothing that may be a quote, an escape
    /// or a control character.</summary>
    /// <returns>How many bytes; 0 for a target that would have to look itself.</returns>
    int AppendRun(ReadOnlySpan<byte> json);

    /// <summary>Takes the next bytes, UTF-8, cut anywhere.</summary>
    void Append(ReadOnlySpan<byte> utf8);

    /// <summary>The string has ended.</summary>
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
