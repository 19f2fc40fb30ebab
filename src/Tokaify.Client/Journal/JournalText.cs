namespace Tokaify;

/// <summary>Detects a journal in UTF-16, as <c>&gt;</c> of Windows PowerShell writes it. Its lines would be skipped, and everything would
/// be paid for again.</summary>
internal static class JournalText
{
    // "outcome" in UTF-16, without the first or the last zero byte, so that it fits both byte orders.
    private static readonly byte[] s_outcome = [.. JournalRecord.OutcomeField.SelectMany(character => new[] { (byte)character, (byte)0 })
        .Take((2 * JournalRecord.OutcomeField.Length) - 1)];

    /// <summary>Checks the beginning of a file, which must not be in UTF-16.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static void EnsureUtf8(string path, Stream file)
    {
        var start = new byte[2];
        file.Position = 0;
        if (file.Read(start, 0, start.Length) == start.Length
            && (start[0], start[1]) is (0xFF, 0xFE) or (0xFE, 0xFF) or ((byte)'{', 0) or (0, (byte)'{'))
        {
            throw IsUtf16(path, "The journal");
        }
    }

    /// <summary>Checks that a line which is not JSON is not in UTF-16: <c>&gt;&gt;</c> of Windows PowerShell appends such lines to any
    /// file.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static void EnsureUtf8(string path, ReadOnlySpan<byte> line)
    {
        if (line.IndexOf(s_outcome) >= 0)
        {
            throw IsUtf16(path, "A line of the journal");
        }
    }

    private static TokaifyException IsUtf16(string path, string what) => new(
        TokaifyErrorId.InvalidArgument,
        $"{what} '{path}' is in UTF-16. Nothing was sent.")
    {
        Advice = ErrorAdvice.ConvertJournal,
    };
}
