namespace Tokaify;

/// <summary>Tells a journal in UTF-16, as <c>&gt;</c> of Windows PowerShell writes it: its lines would be passed over, and everything
/// paid for again.</summary>
internal static class JournalText
{
    // "outcome" in UTF-16, whichever byte comes first.
    private static readonly byte[] s_outcome = [.. JournalRecord.OutcomeField.SelectMany(character => new[] { (byte)character, (byte)0 })
        .Take((2 * JournalRecord.OutcomeField.Length) - 1)];

    /// <summary>Makes sure that a file is not in UTF-16, by how it begins.</summary>
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

    /// <summary>Makes sure that a line which is not JSON is not one in UTF-16: <c>&gt;&gt;</c> of Windows PowerShell appends such
    /// lines to any file.</summary>
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
