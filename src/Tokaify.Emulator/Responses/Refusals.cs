namespace Tokaify.Emulation;

/// <summary>The refusals, each with the text of the relay or of the API behind it.</summary>
internal static class Refusals
{
    public static RefusedRequestException UnknownAddress(RelayRequest request) =>
        new(new RelayError(404, "not_found", $"Invalid URL ({request.Method} {request.Path})"));

    public static RefusedRequestException WrongMethod(RelayRequest request, string allowed) =>
        new(new RelayError(405, "method_not_allowed", $"Method {request.Method} is not allowed at {request.Path}; use {allowed}")
        {
            Allow = allowed,
        });

    public static RefusedRequestException NoKey() =>
        new(new RelayError(401, "invalid_token", "Invalid token: send the key as Authorization: Bearer <key>"));

    public static RefusedRequestException UnknownModel(string name) => new(new UpstreamError(404, "NOT_FOUND",
        $"models/{name} is not found for API version v1beta, or is not supported for generateContent. " +
        "Call ListModels to see the list of available models and their supported methods."));

    public static RefusedRequestException TooLarge(long maxBytes) =>
        new(new RelayError(413, "request_too_large", $"Request payload size exceeds the limit: {maxBytes} bytes."));

    public static RefusedRequestException NotJson(string mediaType) => new(new RelayError(415, "unsupported_media_type",
        $"Content-Type must be application/json, not '{mediaType}'"));

    /// <summary>Status 400 in upstream's format.</summary>
    public static RefusedRequestException Invalid(string message) => new(new UpstreamError(400, "INVALID_ARGUMENT", message));

    /// <summary>Status 400 for a known field with an invalid value.</summary>
    /// <param name="field">Its path in snake case, from the root of the request.</param>
    /// <param name="reason">A sentence without its full stop.</param>
    public static RefusedRequestException Invalid(string field, string reason) =>
        Invalid($"* GenerateContentRequest.{field}: {reason}\n");

    /// <summary>Status 400 for JSON that does not fit the request's fields, with all violations at once.</summary>
    public static RefusedRequestException Invalid(IReadOnlyList<FieldViolation> violations) =>
        new(new UpstreamError(400, "INVALID_ARGUMENT", string.Join("\n", violations.Select(violation => violation.Description)))
        {
            Violations = violations,
        });
}
