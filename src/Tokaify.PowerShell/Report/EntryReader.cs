using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Reads the input of a report: results, journal lines and error records, from this session or from a file.</summary>
/// <param name="resolve">Resolves a path from PowerShell's location.</param>
internal sealed class EntryReader(Func<string, string> resolve)
{
    private const string ErrorRecordType = "System.Management.Automation.ErrorRecord";

    private const string UnknownMessage = "The process ended while the request was in flight. It may have been billed.";

    private const int DigestLength = 12;

    private static readonly string[] s_results = ["SourcePath", "Images", "Path"];

    // Requests of a journal that were sent, until the line with their end is read.
    private readonly Dictionary<string, ReportEntry> _sent = [];

    /// <summary>Reads an entry from an object; null if the object is neither a result, nor a journal line, nor an error.</summary>
    public ReportEntry? Read(PSObject value) => TryFindError(value) is { } error ? ReadError(error) : ReadResult(value);

    /// <summary>Takes a journal line that was written before a request was sent. The end of the request is in another line.</summary>
    /// <returns>Whether the object is such a line.</returns>
    public bool TakeSent(PSObject value)
    {
        var line = new PropertyBag(value);
        if (NameOf<JournalOutcome>(line.Text("outcome")) != nameof(JournalOutcome.Sent))
        {
            return false;
        }

        foreach (var id in RequestsOf(line))
        {
            _sent[id] = ReadFields(value, line, ReportOutcome.Failed) with { ErrorMessage = UnknownMessage };
        }

        return true;
    }

    /// <summary>The requests that were sent and have no line with their end.</summary>
    public IReadOnlyCollection<ReportEntry> Unfinished => _sent.Values;

    /// <summary>Returns the error record that an object is or contains; null if there is none.</summary>
    public static PSObject? TryFindError(PSObject value) => value.BaseObject switch
    {
        ErrorRecord => value,
        IContainsErrorRecord holder => PSObject.AsPSObject(holder.ErrorRecord),
        _ => value.TypeNames.Any(name => name is ErrorRecordType or "Deserialized." + ErrorRecordType) ? value : null,
    };

    private ReportEntry? ReadResult(PSObject value)
    {
        var result = new PropertyBag(value);
        if (OutcomeOf(NameOf<ImageEditStatus>(result.Text("Status")) ?? NameOf<JournalOutcome>(result.Text("outcome"))) is not { } outcome
            || !s_results.Any(result.Has))
        {
            return null;
        }

        foreach (var id in RequestsOf(result))
        {
            _sent.Remove(id);
        }

        return ReadFields(value, result, outcome);
    }

    private static IEnumerable<string> RequestsOf(PropertyBag line) =>
        line.Items("requests").Select(request => PropertyBag.Of(request).Text("clientRequestId")).OfType<string>();

    private ReportEntry ReadFields(PSObject value, PropertyBag result, ReportOutcome outcome)
    {
        // The reason of an earlier refusal. Only results have it; journal lines do not.
        var refusal = PropertyBag.Of(outcome == ReportOutcome.Failed ? result["Error"] : null);
        // The request as it was sent. Only journal lines have it.
        var image = PropertyBag.Of(PropertyBag.Of(PropertyBag.Of(result["options"])["generationConfig"])["imageConfig"]);
        return new ReportEntry
        {
            Outcome = outcome,
            IsOfThisSession = value.BaseObject is ImageEditResult,
            SourcePath = FullPath(result.Text("SourcePath")),
            Index = result.Number("Index"),
            Images = ReadImages(result),
            Prompt = result.Text("Prompt") ?? OmittedPrompt(result),
            Model = result.Text("Model"),
            AspectRatio = result.Text("RequestedAspectRatio") ?? result.Text("AspectRatio") ?? image.Text("aspectRatio"),
            ImageSize = result.Text("RequestedImageSize") ?? image.Text("imageSize"),
            MatchesRequest = result.Boolean("MatchesRequest"),
            Sources = [.. result.Items("Sources").SelectMany(ReadSource)],
            Searches = SearchLinks.Read(result.Text("SearchEntryPoint")),
            Text = result.Text("Text"),
            // A result that was written with a depth of two has only the number.
            Tokens = PropertyBag.Of(result["Usage"]).Number("TotalTokenCount") ?? result.Number("Usage"),
            Cost = result.Amount("Cost"),
            Currency = result.Text("Currency"),
            CostIsListPrice = result.Boolean("CostIsListPrice") == true,
            Duration = outcome == ReportOutcome.Skipped ? null : result.Span("Duration"),
            Attempts = result.Number("Attempts"),
            ServiceId = result.Text("ResponseId"),
            ErrorId = result.Text("errorId") ?? refusal.Text("ErrorId"),
            ErrorMessage = result.Text("errorMessage") ?? refusal.Text("Message"),
            Row = value.BaseObject is ImageEditResult live ? RowOf(live.Edit) : RequestRow.Of(result),
        };
    }

    // The text contains the beginning of the digest, so that cards with different prompts are not shown as variations of one request.
    private static string? OmittedPrompt(PropertyBag line) =>
        line.Boolean(JournalRecord.PromptOmittedField) != true ? null
        : line.Text(JournalRecord.PromptSha256Field) is { Length: > DigestLength } digest ? $"{JournalOmission.Prompt}, SHA-256 {digest.Substring(0, DigestLength)}…"
        : JournalOmission.Prompt;

    private static RequestRow? RowOf(ImageEdit? edit) => edit is null ? null : RequestRow.Of(edit);

    private static IEnumerable<ReportLink> ReadSource(object value)
    {
        var source = PropertyBag.Of(value);
        var (title, address, image) = (source.Text("Title"), source.Text("Uri"), source.Text("ImageUri"));
        if ((title ?? address) is { } text)
        {
            yield return new ReportLink(text, ReportLink.WebAddress(address));
        }

        if (image is not null)
        {
            yield return new ReportLink($"Image: {title ?? image}", ReportLink.WebAddress(image));
        }
    }

    private List<ReportImage> ReadImages(PropertyBag result)
    {
        var images = result.Items("Images").Select(ReadImage).OfType<ReportImage>().ToList();
        return images.Count == 0 && FullPath(result.Text("Path")) is { } path ? [new ReportImage(path, null, null)] : images;
    }

    private ReportImage? ReadImage(object value)
    {
        // JSON that was written with too small a depth has only the path. A CSV file has only the type name of the list.
        if (PropertyBag.Unwrap(value) is string text)
        {
            return IsFull(text) ? new ReportImage(text, null, null) : null;
        }

        var image = PropertyBag.Of(value);
        return FullPath(image.Text("Path")) is { } path ? new ReportImage(path, image.Number("Width"), image.Number("Height")) : null;
    }

    private static ReportEntry ReadError(PSObject value)
    {
        var error = new PropertyBag(value);
        var exception = PropertyBag.Of(error["Exception"]);
        var request = PropertyBag.Of(exception["Data"]);
        var target = PropertyBag.Of(error["TargetObject"]).Text("FullName") ?? error.Text("TargetObject");
        var isFile = target is not null && IsFull(target);
        return new ReportEntry
        {
            Outcome = ReportOutcome.Failed,
            IsOfThisSession = value.BaseObject is ErrorRecord,
            SourcePath = isFile ? target : null,
            Subject = isFile ? null : target,
            Prompt = request.Text("Prompt"),
            Model = request.Text("Model"),
            Index = request.Number("Index"),
            Attempts = exception.Number("Attempts"),
            Cost = exception.Amount("Cost"),
            Currency = exception.Text("Currency"),
            CostIsListPrice = exception.Boolean("CostIsListPrice") == true,
            ServiceId = exception.Text("RequestId"),
            ErrorId = error.Text("FullyQualifiedErrorId")?.Split(',')[0],
            ErrorMessage = PropertyBag.Of(error["ErrorDetails"]).Text("Message") ?? exception.Text("Message") ?? value.ToString(),
            StatusCode = exception.Number("StatusCode"),
            Row = value.BaseObject is ErrorRecord { Exception: TokaifyException { Edit: { } edit } } ? RequestRow.Of(edit) : RequestRow.Of(request),
        };
    }

    // ConvertTo-Json writes the number of a value instead of its name.
    private static string? NameOf<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value.ToString() : text;

    private static ReportOutcome? OutcomeOf(string? name) => name?.ToUpperInvariant() switch
    {
        "SAVED" => ReportOutcome.Saved,
        "SKIPPED" => ReportOutcome.Skipped,
        "FAILED" or "UNKNOWN" or "REFUSED" => ReportOutcome.Failed,
        _ => null,
    };

    private string? FullPath(string? path) => path is null || IsFull(path) ? path : resolve(path);

    // For PowerShell, a file URL is not a path. A file URL that leads to a share counts as a full path, and is recognized later.
    private static bool IsFull(string path) => FileUrl.IsRooted(path) || WindowsPath.ShareOf(path) is not null;
}
