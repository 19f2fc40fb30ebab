using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the entries of journals one by one, without keeping them in memory.</summary>
public static class JournalReader
{
    /// <summary>Returns the journals of a path: those in a folder, or the file itself.</summary>
    /// <param name="path">A full path.</param>
    public static IReadOnlyList<string> Files(string path) => Directory.Exists(path) ? new JournalFolder(path, share: null).Files() : [path];

    /// <summary>Reads a journal, and the lines that could not be written to it. Incomplete lines and lines that are not journal lines are
    /// skipped.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/>, or <see cref="TokaifyErrorId.InvalidArgument"/> if it
    /// cannot be read, or is in UTF-16.</exception>
    public static IEnumerable<JournalEntry> Read(string path)
    {
        foreach (var (_, line) in Lines(path))
        {
            if (Parse(line, path) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Reads the lines with their offsets; for the recovery file, with the complements of the offsets. The bytes are valid until
    /// the next line.</summary>
    internal static IEnumerable<(long Offset, ReadOnlyMemory<byte> Line)> Lines(string path)
    {
        if (!File.Exists(path))
        {
            throw new TokaifyException(TokaifyErrorId.FileNotFound, $"There is no journal '{path}'. Check the name.");
        }

        var recovery = new JournalPaths(path).Recovery;
        return recovery is not null && File.Exists(recovery)
            ? LinesOf(path).Concat(LinesOf(recovery).Select(line => (~line.Offset, line.Line)))
            : LinesOf(path);
    }

    /// <summary>Reads a line; returns null if it is not a journal line.</summary>
    internal static JournalEntry? Parse(ReadOnlyMemory<byte> line, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(JournalLine.WithoutMark(line));
            return json.RootElement.ValueKind == JsonValueKind.Object && OutcomeOf(Text(json.RootElement, JournalRecord.OutcomeField)) is { } outcome
                ? Read(json.RootElement, outcome, path)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<(long Offset, ReadOnlyMemory<byte> Line)> LinesOf(string path)
    {
        using var lines = JournalLines.Read(path).GetEnumerator();
        while (Guard(path, lines))
        {
            yield return (lines.Current.Offset, lines.Current.Line);
        }
    }

    private static bool Guard(string path, IEnumerator<(long Offset, ReadOnlyMemory<byte> Line, bool IsEnded)> lines)
    {
        try
        {
            if (!lines.MoveNext())
            {
                return false;
            }

            JournalText.EnsureUtf8(path, lines.Current.Line.Span);
            return true;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"The journal '{path}' cannot be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private static JournalEntry Read(JsonElement line, JournalOutcome outcome, string path)
    {
        var options = Member(line, "options", JsonValueKind.Object);
        return new JournalEntry
        {
            JournalPath = path,
            Outcome = outcome,
            Time = line.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTime(out var moment) ? moment.ToUniversalTime() : default,
            RunId = line.TryGetProperty(JournalRecord.RunField, out var run) && run.ValueKind == JsonValueKind.String && run.TryGetGuid(out var id) ? id : null,
            SourcePath = Text(line, "sourcePath"),
            SourceSha256 = Text(line, "sourceSha256"),
            Prompt = Text(line, "prompt"),
            PromptSha256 = Text(line, JournalRecord.PromptSha256Field),
            IsPromptOmitted = Boolean(line, JournalRecord.PromptOmittedField) == true,
            Model = Text(line, "model"),
            AspectRatio = options is { } known ? JournalOptions.AspectRatioIn(known) : null,
            Options = options?.GetRawText(),
            Fingerprint = Text(line, JournalRecord.FingerprintField),
            Index = Number(line, JournalRecord.IndexField),
            Variations = Number(line, JournalRecord.VariationsField),
            ReferencePaths = Texts(line, JournalRecord.ReferencesField),
            ReferenceSha256 = Texts(line, "referenceSha256"),
            HistorySha256 = Texts(line, "historySha256"),
            Folder = Text(line, JournalRecord.FolderField),
            NameTemplate = Text(line, JournalRecord.NameTemplateField),
            IsTurn = Boolean(line, JournalRecord.TurnField),
            SentSha256 = Text(line, "sentSha256"),
            StripsMetadata = Boolean(line, JournalRecord.StripField),
            ErrorId = Text(line, JournalRecord.ErrorIdField),
            ErrorMessage = Text(line, JournalRecord.ErrorMessageField),
            Images = Items(line, JournalRecord.ImagesField, ReadImage),
            Usage = Member(line, "usage", JsonValueKind.Object) is { } usage ? ReadUsage(usage) : null,
            Cost = outcome == JournalOutcome.Sent ? null : Amount(line, JournalRecord.CostField),
            Estimate = Amount(line, JournalRecord.EstimateField),
            Currency = Text(line, JournalRecord.CurrencyField),
            CostIsListPrice = Boolean(line, "costIsListPrice"),
            Attempts = Number(line, "attempts") ?? 0,
            Requests = Items(line, JournalRecord.RequestsField, ReadRequest),
            Duration = Amount(line, "duration") is >= 0 and < 1_000_000_000 and var seconds ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default,
            ResponseId = Text(line, "responseId"),
            UserName = Text(line, "userName"),
            MachineName = Text(line, "machineName"),
            ProcessId = Number(line, "processId"),
            ModuleVersion = Text(line, "moduleVersion"),
            PowerShell = Text(line, "powerShell"),
        };
    }

    private static JournalOutcome? OutcomeOf(string? text) => text switch
    {
        JournalRecord.Sent => JournalOutcome.Sent,
        JournalRecord.Saved => JournalOutcome.Saved,
        JournalRecord.Failed => JournalOutcome.Failed,
        JournalRecord.Skipped => JournalOutcome.Skipped,
        JournalRecord.Unknown => JournalOutcome.Unknown,
        _ => null,
    };

    private static JournalImage? ReadImage(JsonElement image) =>
        Text(image, JournalRecord.PathField) is { } path ? new JournalImage(path, Text(image, "sha256")) : null;

    private static JournalRequest ReadRequest(JsonElement request) => new(
        Text(request, JournalRecord.ClientRequestIdField), Text(request, "requestId"), Number(request, "statusCode"), Text(request, JournalRecord.ErrorIdField));

    private static UsageMetadata? ReadUsage(JsonElement usage) => Number(usage, "totalTokenCount") is null
        ? null
        : new UsageMetadata
        {
            PromptTokenCount = Number(usage, "promptTokenCount"),
            CandidatesTokenCount = Number(usage, "candidatesTokenCount"),
            ThoughtsTokenCount = Number(usage, "thoughtsTokenCount"),
            TotalTokenCount = Number(usage, "totalTokenCount"),
        };

    private static List<T> Items<T>(JsonElement line, string field, Func<JsonElement, T?> read)
        where T : class =>
        Member(line, field, JsonValueKind.Array) is { } list
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(read).OfType<T>()]
            : [];

    private static List<string>? Texts(JsonElement line, string field) => Member(line, field, JsonValueKind.Array) is { } list
        ? [.. list.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.String).Select(each => each.GetString()!)]
        : null;

    private static JsonElement? Member(JsonElement line, string field, JsonValueKind kind) =>
        line.TryGetProperty(field, out var value) && value.ValueKind == kind ? value : null;

    private static string? Text(JsonElement line, string field) => Member(line, field, JsonValueKind.String)?.GetString();

    private static int? Number(JsonElement line, string field) =>
        Member(line, field, JsonValueKind.Number) is { } value && value.TryGetInt32(out var number) ? number : null;

    private static decimal? Amount(JsonElement line, string field) =>
        Member(line, field, JsonValueKind.Number) is { } value && value.TryGetDecimal(out var amount) ? amount : null;

    private static bool? Boolean(JsonElement line, string field) =>
        line.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
