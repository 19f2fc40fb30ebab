using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>What became of an edit.</summary>
/// <param name="Number">Its number among the edits, from 1.</param>
/// <param name="SourceSha256">Of the image that was to be edited; null where there was none.</param>
/// <param name="Fault">The fault it met; null for none.</param>
/// <param name="Status">The HTTP status it was answered with; 0 where there was no response.</param>
internal sealed record EditRecord(long Number, string? SourceSha256, EmulatorFault? Fault, int Status)
{
    /// <summary>Whether the client had gone before the response.</summary>
    public bool IsCancelled { get; private init; }

    /// <summary>Whether it was given an image, whole and for the taking.</summary>
    public bool IsGood => !IsCancelled && (Fault is not { } fault || fault.IsGood());

    /// <summary>The same for a client that has gone: there is no response.</summary>
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
