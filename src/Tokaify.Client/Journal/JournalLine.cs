using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the important fields of journal lines, one line after another. Incomplete lines and lines that this module did not write
/// are rejected.</summary>
internal sealed class JournalLine
{
    /// <summary>The outcome; null if it is not a known one.</summary>
    public string? Outcome { get; private set; }

    /// <summary>The error's id; null if there is none.</summary>
    public string? ErrorId { get; private set; }

    /// <summary>The key of the fingerprint; null if there is none.</summary>
    public JournalKey? Key { get; private set; }

    /// <summary>The run that wrote the line; empty if the line does not say.</summary>
    public Guid Run { get; private set; }

    /// <summary>The number among the variations; 0 if the line does not say.</summary>
    public int Index { get; private set; }

    /// <summary>When it was written; the earliest time if the line does not say.</summary>
    public DateTime TimeUtc { get; private set; }

    /// <summary>The client's ids of the requests.</summary>
    public List<Guid> Requests { get; } = [];

    /// <summary>Reads a line.</summary>
    /// <returns>Whether it has the outcome of a request.</returns>
    public bool Read(ReadOnlySpan<byte> line)
    {
        Outcome = null;
        ErrorId = null;
        Key = null;
        Run = default;
        Index = 0;
        TimeUtc = default;
        Requests.Clear();
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(line));
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    ReadField(ref reader);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }

        return Outcome is not null && Key is not null;
    }

    /// <summary>The paths of the images that were saved.</summary>
    public static IReadOnlyList<string> ImagePaths(ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(line).ToArray());
            return [.. document.RootElement.GetProperty(JournalRecord.ImagesField).EnumerateArray()
                .Select(image => image.GetProperty(JournalRecord.PathField).GetString())
                .OfType<string>()];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Returns the error in the line; null if there is none.</summary>
    public static TokaifyException? ErrorOf(ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(line).ToArray());
            var (id, message) = (Text(JournalRecord.ErrorIdField), Text(JournalRecord.ErrorMessageField));
            return Enum.TryParse<TokaifyErrorId>(id, out var known) ? new TokaifyException(known, message ?? "") : null;

            string? Text(string field) => document.RootElement.GetProperty(field).GetString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns the line without the byte order mark that an editor may have put before the first line.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> line) => line.Slice(line.Length - WithoutMark(line.Span).Length);

    private void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals(JournalRecord.OutcomeField))
        {
            Outcome = ReadText(ref reader) ? OutcomeOf(ref reader) : null;
        }
        else if (reader.ValueTextEquals(JournalRecord.FingerprintField))
        {
            Key = ReadText(ref reader) ? JournalKey.TryParse(reader.ValueSpan) : null;
        }
        else if (reader.ValueTextEquals(JournalRecord.ErrorIdField))
        {
            ErrorId = ReadText(ref reader) ? reader.GetString() : null;
        }
        else if (reader.ValueTextEquals(JournalRecord.RunField))
        {
            Run = ReadText(ref reader) && reader.TryGetGuid(out var run) ? run : default;
        }
        else if (reader.ValueTextEquals(JournalRecord.IndexField))
        {
            Index = reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) ? index : 0;
        }
        else if (reader.ValueTextEquals(JournalRecord.TimeField))
        {
            TimeUtc = ReadText(ref reader) && reader.TryGetDateTime(out var time) ? time.ToUniversalTime() : default;
        }
        else if (reader.ValueTextEquals(JournalRecord.RequestsField))
        {
            ReadRequests(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadRequests(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.PropertyName
                && reader.CurrentDepth == depth + 2
                && reader.ValueTextEquals(JournalRecord.ClientRequestIdField)
                && ReadText(ref reader)
                && reader.TryGetGuid(out var id))
            {
                Requests.Add(id);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                reader.Skip();
            }
            else if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                return;
            }
        }
    }

    // Returns the constants, so that no string is allocated for each line.
    private static string? OutcomeOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals(JournalRecord.Saved) ? JournalRecord.Saved
        : reader.ValueTextEquals(JournalRecord.Sent) ? JournalRecord.Sent
        : reader.ValueTextEquals(JournalRecord.Failed) ? JournalRecord.Failed
        : reader.ValueTextEquals(JournalRecord.Skipped) ? JournalRecord.Skipped
        : reader.ValueTextEquals(JournalRecord.Unknown) ? JournalRecord.Unknown
        : null;

    private static bool ReadText(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;

    // An editor may have put a byte order mark before the first line.
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line)
    {
        var mark = "\uFEFF"u8;
        return line.StartsWith(mark) ? line.Slice(mark.Length) : line;
    }
}
