using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tokaify;

/// <summary>A line of the journal, with the outcome of one edit. All lines are written here.</summary>
internal sealed record JournalRecord
{
    /// <summary>The version of the fields. Lines without a version have version 1. Version 3 adds the user and the machine. A reader
    /// ignores fields that it does not know.</summary>
    public const int SchemaVersion = 3;

    /// <summary>The name of <see cref="TimeUtc"/>'s field.</summary>
    public const string TimeField = "time";

    /// <summary>The name of <see cref="Outcome"/>'s field.</summary>
    public const string OutcomeField = "outcome";

    /// <summary>The name of the fingerprint's field.</summary>
    public const string FingerprintField = "fingerprint";

    /// <summary>The name of the run's field.</summary>
    public const string RunField = "runId";

    /// <summary>The name of the field of the prompt's digest.</summary>
    public const string PromptSha256Field = "promptSha256";

    /// <summary>The name of the field that tells whether texts were left out.</summary>
    public const string PromptOmittedField = "isPromptOmitted";

    /// <summary>The name of the requests' field.</summary>
    public const string RequestsField = "requests";

    /// <summary>The name of the field of the client's id, within a request's.</summary>
    public const string ClientRequestIdField = "clientRequestId";

    /// <summary>The name of the saved images' field.</summary>
    public const string ImagesField = "images";

    /// <summary>The name of the field of the number among the variations.</summary>
    public const string IndexField = "index";

    /// <summary>The name of the field of the number of variations.</summary>
    public const string VariationsField = "variations";

    /// <summary>The name of the field of the reference images' paths.</summary>
    public const string ReferencesField = "referencePaths";

    /// <summary>The name of the field of the folder in which the images are saved. It is not the name of the parameter: if a line is piped
    /// to a command as a result, its settings must not be bound.</summary>
    public const string FolderField = "folder";

    /// <summary>The name of the field of the template of the image names.</summary>
    public const string NameTemplateField = "nameTemplate";

    /// <summary>The name of the field that says whether images are sent without metadata.</summary>
    public const string StripField = "stripsMetadata";

    /// <summary>The name of the field of an error's id.</summary>
    public const string ErrorIdField = "errorId";

    /// <summary>The name of the field of an error's message.</summary>
    public const string ErrorMessageField = "errorMessage";

    /// <summary>The name of the field that marks a turn of a conversation.</summary>
    public const string TurnField = "isTurn";

    /// <summary>The name of the cost's field.</summary>
    public const string CostField = "cost";

    /// <summary>The name of the field of the estimated cost of a request that is about to be sent. It is not <see cref="CostField"/>, so
    /// that the sum of that field over all lines is the total spending.</summary>
    public const string EstimateField = "estimate";

    /// <summary>The name of the field of the currency of the cost and the estimate.</summary>
    public const string CurrencyField = "currency";

    /// <summary>The name of a path's field, within a saved image's.</summary>
    public const string PathField = "path";

    /// <summary>The outcome of an attempt that is about to be sent. Its end is in another line.</summary>
    public const string Sent = "sent";

    /// <summary>The outcome of an edit whose images are saved.</summary>
    public const string Saved = "saved";

    /// <summary>The outcome of an edit that failed.</summary>
    public const string Failed = "failed";

    /// <summary>The outcome of an edit that was not sent, because its images already exist.</summary>
    public const string Skipped = "skipped";

    /// <summary>The outcome of an edit that was stopped while a request was in flight, which may have been billed.</summary>
    public const string Unknown = "unknown";

    private const string UnknownMessage = "The command was stopped while a request was under way. It may have been billed.";

    /// <summary>When it was written.</summary>
    public DateTime TimeUtc { get; init; } = DateTime.UtcNow;

    /// <summary>One of the outcomes.</summary>
    public required string Outcome { get; init; }

    /// <summary>The command that writes the line.</summary>
    public JournalRun Run { get; init; } = new();

    /// <summary>The request.</summary>
    public required ImageRequest Request { get; init; }

    /// <summary>The full path of the source; null for an image from text alone.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The other data that is needed to repeat the request; null if it is not known.</summary>
    public JournalOrigin? Origin { get; init; }

    /// <summary>The fingerprint of the request; null if its images could not be read.</summary>
    public RequestFingerprint? Fingerprint { get; init; }

    /// <summary>Further digests of what was sent; null before they are known.</summary>
    public SentDigests? Digests { get; init; }

    /// <summary>The requests that were sent; in a line for one request, only that request.</summary>
    public IReadOnlyCollection<SentRequest> Requests { get; init; } = [];

    /// <summary>The number of requests that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The result; null if the edit failed.</summary>
    public ImageEditResult? Result { get; init; }

    /// <summary>Why it failed, or why one of several images is not in place; else null.</summary>
    public TokaifyException? Error { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Returns the line, without its end. The saved images are read again, so that the digests are those of the files.</summary>
    public byte[] ToLine() => CanonicalJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", SchemaVersion);
        json.WriteString(TimeField, TimeUtc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString(OutcomeField, Outcome);
        Run.Write(json);
        json.WriteString("sourcePath", SourcePath);
        json.WriteString("sourceSha256", Fingerprint?.SourceSha256 ?? Digests?.LastOfHistory);
        json.WriteString("sentSha256", Digests?.Source);
        json.WriteBoolean(StripField, Request.StripMetadata);
        json.WriteString("prompt", Run.OmitsPrompt ? null : Request.Prompt);
        json.WriteString(PromptSha256Field, Sha256.OfText(Request.Prompt));
        json.WriteString("model", Request.Model);
        WriteOptions(json);
        Origin?.Write(json);
        SentDigests.Write(json, "referenceSha256", Fingerprint?.ImageSha256.Skip(SourcePath is null ? 0 : 1));
        SentDigests.Write(json, "referenceSentSha256", Digests?.References);
        SentDigests.Write(json, "historySha256", Digests?.History);
        json.WriteString(FingerprintField, Fingerprint?.Value);
        json.WriteString(ErrorIdField, Error?.ErrorId.ToString());
        json.WriteString(ErrorMessageField, MessageOf(Error) ?? (Outcome == Unknown ? UnknownMessage : null));
        WriteImages(json);
        WriteUsage(json);
        WriteCost(json);
        json.WriteNumber("attempts", Attempts);
        WriteRequests(json);
        json.WriteNumber("duration", Math.Round((decimal)Duration.TotalSeconds, 3));
        // The fields of a search are written only if there was one, because almost no edit uses a search. They are left out with the
        // prompt, because they may repeat it.
        (Result is { } result && !Run.OmitsPrompt ? new Grounding(result.Sources, result.SearchEntryPoint) : Grounding.None).WriteTo(json);
        json.WriteString("responseId", Result?.ResponseId ?? Error?.RequestId);
        json.WriteEndObject();
    });

    private string? MessageOf(TokaifyException? error) =>
        error is null || !Run.OmitsPrompt ? error?.Message : JournalOmission.MessageOf(error, Request.Prompt);

    private void WriteOptions(Utf8JsonWriter json)
    {
        json.WritePropertyName("options");
        if (OptionsJson() is not { } options)
        {
            json.WriteNullValue();
        }
        else if (Run.OmitsPrompt)
        {
            JournalOmission.WriteOptions(json, options);
        }
        else
        {
            json.WriteRawValue(options, skipInputValidation: true);
        }
    }

    // A request may have been refused because of a text that cannot be written as JSON. Then the options are left out.
    private byte[]? OptionsJson()
    {
        try
        {
            return Fingerprint?.Options ?? Encoding.UTF8.GetBytes(JournalOptions.Of(Request));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private void WriteImages(Utf8JsonWriter json)
    {
        json.WriteStartArray(ImagesField);
        foreach (var image in Result?.Images ?? [])
        {
            json.WriteStartObject();
            json.WriteString(PathField, image.Path);
            json.WriteString("sha256", Sha256.OfFile(image.Path));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRequests(Utf8JsonWriter json)
    {
        json.WriteStartArray(RequestsField);
        foreach (var request in Requests)
        {
            json.WriteStartObject();
            json.WriteString(ClientRequestIdField, request.ClientRequestId);
            json.WriteString("requestId", request.RequestId);
            if (request.StatusCode is { } status)
            {
                json.WriteNumber("statusCode", status);
            }
            else
            {
                json.WriteNull("statusCode");
            }

            json.WriteString(ErrorIdField, request.ErrorId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        WriteCount(json, "promptTokenCount", Result?.Usage?.PromptTokenCount);
        WriteCount(json, "candidatesTokenCount", Result?.Usage?.CandidatesTokenCount);
        WriteCount(json, "thoughtsTokenCount", Result?.Usage?.ThoughtsTokenCount);
        WriteCount(json, "totalTokenCount", Result?.Usage?.TotalTokenCount);
        json.WriteEndObject();
    }

    private void WriteCost(Utf8JsonWriter json)
    {
        var charge = Charge.Sum(Requests);
        WriteAmount(json, CostField, Outcome == Sent ? null : charge?.Amount);
        WriteAmount(json, EstimateField, Outcome == Sent ? charge?.Amount : null);
        json.WriteString(CurrencyField, charge?.Currency);
        if (charge is { } known)
        {
            json.WriteBoolean("costIsListPrice", known.IsListPrice);
        }
        else
        {
            json.WriteNull("costIsListPrice");
        }
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, decimal? amount)
    {
        if (amount is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteCount(Utf8JsonWriter json, string name, int? count)
    {
        if (count is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
