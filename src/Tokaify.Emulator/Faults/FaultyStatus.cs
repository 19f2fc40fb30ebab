using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>Responses with an error status, in any of the formats of relays and of the services behind them.</summary>
internal static class FaultyStatus
{
    private const int RetryAfterSeconds = 1;

    public static RelayResponse Of(EmulatorFault fault, RelayRequest request, Chance chance)
    {
        var error = InRandomFormat(Describe(fault, request, chance), chance);
        return error.ToResponse(request.Id).With("Retry-After", RetryAfter(fault));
    }

    private static string? RetryAfter(EmulatorFault fault) => fault switch
    {
        EmulatorFault.RateLimit or EmulatorFault.EarlyRateLimit => RetryAfterSeconds.ToString(CultureInfo.InvariantCulture),
        // A date has whole seconds, so a date one second ahead might already be in the past.
        EmulatorFault.RateLimitDate => DateTime.UtcNow.AddSeconds(RetryAfterSeconds + 1).ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static EmulatedError InRandomFormat(FaultDescription fault, Chance chance) => chance.Pick(4) switch
    {
        0 => new RelayError(fault.Status, fault.Code, fault.Message),
        1 => new UpstreamError(fault.Status, fault.StatusName, fault.Message),
        2 => new BareError(fault.Status, fault.Message),
        _ => new FailureError(fault.Status, fault.Message),
    };

    private static FaultDescription Describe(EmulatorFault fault, RelayRequest request, Chance chance) => fault switch
    {
        EmulatorFault.RequestTimeout => new(408, "request_timeout", "DEADLINE_EXCEEDED", "The request did not arrive in time."),
        EmulatorFault.Conflict => new(409, "conflict", "ABORTED", "The operation was aborted; try again."),
        EmulatorFault.RateLimit or EmulatorFault.RateLimitDate or EmulatorFault.EarlyRateLimit =>
            new(429, "rate_limit_exceeded", "RESOURCE_EXHAUSTED", "Too many requests; slow down."),
        EmulatorFault.ServerError => new(500, "do_request_failed", "INTERNAL", "An internal error has occurred."),
        EmulatorFault.BadGateway => new(502, "bad_response", "UNAVAILABLE", "Upstream gave a bad response."),
        EmulatorFault.Unavailable => new(503, "model_unavailable", "UNAVAILABLE", "The model is overloaded. Please try again later."),
        EmulatorFault.GatewayTimeout => new(504, "gateway_timeout", "DEADLINE_EXCEEDED", "Upstream did not answer in time."),
        EmulatorFault.OriginUnreachable =>
            new(520 + chance.Pick(4), "origin_unreachable", "UNAVAILABLE", "The origin could not be reached."),
        EmulatorFault.OriginTimeout => new(524, "origin_timeout", "DEADLINE_EXCEEDED", "The origin took too long to answer."),
        EmulatorFault.Overloaded => new(529, "overloaded", "UNAVAILABLE", "The service is overloaded."),
        EmulatorFault.BadRequest => new(400, "invalid_request", "INVALID_ARGUMENT", "The request cannot be served as it is."),
        EmulatorFault.Unauthorized or EmulatorFault.EarlyUnauthorized => new(401, "invalid_token", "UNAUTHENTICATED", "The token is not valid."),
        EmulatorFault.EchoKey => new(401, "invalid_token", "UNAUTHENTICATED", $"Incorrect token provided: {request.Key}."),
        EmulatorFault.PaymentRequired => new(402, "insufficient_user_quota", "FAILED_PRECONDITION", "Insufficient balance."),
        EmulatorFault.Forbidden => new(403, "forbidden", "PERMISSION_DENIED", "The token may not use this model."),
        EmulatorFault.NotFound => new(404, "model_not_found", "NOT_FOUND", "There is no channel for this model."),
        EmulatorFault.TooLarge or EmulatorFault.EarlyTooLarge => new(413, "request_too_large", "INVALID_ARGUMENT", "The request is too large."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "It has no status of its own."),
    };

    private sealed record FaultDescription(int Status, string Code, string StatusName, string Message);
}
