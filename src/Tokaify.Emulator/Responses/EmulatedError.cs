using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>A refusal, in the words and the JSON shape of the service that refuses.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What a user reads.</param>
internal abstract record EmulatedError(int Status, string Message)
{
    /// <summary>The <c>Allow</c> header of a 405.</summary>
    public string? Allow { get; init; }

    public RelayResponse ToResponse(string requestId) =>
        RelayResponse.Json(Status, json => Write(json, requestId)).With("Allow", Allow);

    protected abstract void WriteFields(Utf8JsonWriter json, string requestId);

    protected virtual void Write(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        WriteFields(json, requestId);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>The relay's own: <c>code</c> is a string, the message names the request.</summary>
internal sealed record RelayError(int Status, string Code, string Message) : EmulatedError(Status, Message)
{
    protected override void WriteFields(Utf8JsonWriter json, string requestId)
    {
        json.WriteString("message", $"{Message} (request id: {requestId})");
        json.WriteString("type", "new_api_error");
        json.WriteString("param", "");
        json.WriteString("code", Code);
    }
}

/// <summary>Upstream's: <c>code</c> is the status as a number, <c>status</c> its canonical name.</summary>
internal sealed record UpstreamError(int Status, string StatusName, string Message) : EmulatedError(Status, Message)
{
    /// <summary>The fields that are at fault; written as <c>details</c> where there are any.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    protected override void WriteFields(Utf8JsonWriter json, string requestId)
    {
        json.WriteNumber("code", Status);
        json.WriteString("message", Message);
        json.WriteString("status", StatusName);
        if (Violations.Count > 0)
        {
            WriteDetails(json);
        }
    }

    private void WriteDetails(Utf8JsonWriter json)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "google.rpc.BadRequest");
        json.WriteStartArray("fieldViolations");
        foreach (var violation in Violations)
        {
            json.WriteStartObject();
            if (violation.Field.Length > 0)
            {
                json.WriteString("field", violation.Field);
            }

            json.WriteString("description", violation.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}

/// <summary>A message and nothing else, as some that stand between relay and upstream say it.</summary>
internal sealed record BareError(int Status, string Message) : EmulatedError(Status, Message)
{
    protected override void Write(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject();
        WriteFields(json, requestId);
        json.WriteEndObject();
    }

    protected override void WriteFields(Utf8JsonWriter json, string requestId) => json.WriteString("message", Message);
}

/// <summary>That it did not succeed, and a message, as the relay's own pages for people are told it.</summary>
internal sealed record FailureError(int Status, string Message) : EmulatedError(Status, Message)
{
    protected override void Write(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject();
        WriteFields(json, requestId);
        json.WriteEndObject();
    }

    protected override void WriteFields(Utf8JsonWriter json, string requestId)
    {
        json.WriteBoolean("success", false);
        json.WriteString("message", $"{Message} (request id: {requestId})");
    }
}

/// <summary>A field that is at fault.</summary>
/// <param name="Field">Its path, such as <c>contents[0].parts[1].inline_data</c>; empty for the request itself.</param>
/// <param name="Description">What is wrong, as a sentence.</param>
internal sealed record FieldViolation(string Field, string Description);

/// <summary>Carries an <see cref="EmulatedError"/> from wherever it is found to the response.</summary>
internal sealed class RefusedRequestException(EmulatedError error) : Exception(error.Message)
{
    public EmulatedError Error { get; } = error;
}
