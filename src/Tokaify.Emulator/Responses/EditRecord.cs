using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The outcome of an edit, for the log.</summary>
/// <param name="Number">The edit's number, from 1.</param>
/// <param name="SourceSha256">The digest of the source image; null if there was none.</param>
/// <param name="Fault">The fault; null for none.</param>
/// <param name="Status">The HTTP status of the response; 0 if there was no response.</param>
internal sealed record EditRecord(long Number, string? SourceSha256, EmulatorFault? Fault, int Status)
{
    /// <summary>Whether the client had disconnected before the response.</summary>
    public bool IsCancelled { get; private init; }

    /// <summary>Whether the response had a complete image.</summary>
    public bool IsGood => !IsCancelled && (Fault is not { } fault || fault.IsGood());

    /// <summary>Returns the record for a client that has disconnected: without a response.</summary>
    public EditRecord Cancelled() => this with { IsCancelled = true, Status = 0 };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("number", Number);
        json.WriteString("source", SourceSha256);
        json.WriteString("fault", Fault?.ToString());
        json.WriteNumber("status", Status);
        json.WriteBoolean("good", IsGood);
        json.WriteEndObject();
    }
}
