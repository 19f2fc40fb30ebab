using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>An error, with the text and the JSON format of the service that returns it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The error message.</param>
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

/// <summary>The relay's format: <c>code</c> is a string, and the message contains the request id.</summary>
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

/// <summary>Upstream's format: <c>code</c> is the status as a number, <c>status</c> is its canonical name.</summary>
internal sealed record UpstreamError(int Status, string StatusName, string Message) : EmulatedError(Status, Message)
{
    /// <summary>The invalid fields. If there are any, they are written as <c>details</c>.</summary>
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

/// <summary>An error with only a message, as some proxies between the relay and upstream return it.</summary>
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

/// <summary><c>"success": false</c> and a message, as in the relay's API for its web pages.</summary>
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

/// <summary>An invalid field.</summary>
/// <param name="Field">Its path, such as <c>contents[0].parts[1].inline_data</c>; empty for the request itself.</param>
/// <param name="Description">The problem, as a sentence.</param>
internal sealed record FieldViolation(string Field, string Description);

/// <summary>Passes an <see cref="EmulatedError"/> from the place of a check to the response.</summary>
internal sealed class RefusedRequestException(EmulatedError error) : Exception(error.Message)
{
    public EmulatedError Error { get; } = error;
}
