namespace Tokaify;

/// <summary>The kind of failure that a status and the service's code stand for.</summary>
/// <param name="Id">The kind of failure.</param>
/// <param name="What">What happened, in a few words.</param>
/// <param name="NextStep">What to do next; null if <see cref="Advice"/> says it.</param>
internal sealed record ErrorKind(TokaifyErrorId Id, string What, string? NextStep = null)
{
    /// <summary>The status with which a proxy refuses <c>Expect: 100-continue</c> if it does not support it.</summary>
    public const int ExpectationFailed = 417;

    private static readonly ErrorKind s_invalidRequest = new(
        TokaifyErrorId.InvalidRequest, "The service rejected the request", "Correct the request and try again.");

    private static readonly ErrorKind s_unauthorized = new(
        TokaifyErrorId.Unauthorized, "The service refused the key")
    { Advice = ErrorAdvice.CheckKey };

    private static readonly ErrorKind s_quotaExceeded = new(
        TokaifyErrorId.QuotaExceeded, "The account's quota is used up", "Top it up, or wait until it is renewed.");

    private static readonly ErrorKind s_modelNotFound = new(
        TokaifyErrorId.ModelNotFound, "The service has no such model or address")
    { Advice = ErrorAdvice.CheckModel };

    private static readonly ErrorKind s_payloadTooLarge = new(
        TokaifyErrorId.PayloadTooLarge,
        "The request is too large",
        "Upstream accepts about 20 MB, Base64 included (15 MB of pictures). Send a smaller picture.");

    private static readonly ErrorKind s_rateLimited = new(
        TokaifyErrorId.RateLimited, "Too many requests")
    { Advice = ErrorAdvice.SendFewer };

    private static readonly ErrorKind s_timeout = new(
        TokaifyErrorId.Timeout, "The service, or a proxy in front of it, timed out", "Try again later.");

    private static readonly ErrorKind s_unavailable = new(
        TokaifyErrorId.ServiceUnavailable, "The service is unavailable", "Try again later.");

    private static readonly ErrorKind s_proxyRefused = new(
        TokaifyErrorId.ConnectionFailed, "The proxy requires credentials")
    { Advice = ErrorAdvice.GiveProxyCredential };

    private static readonly ErrorKind s_redirected = new(
        TokaifyErrorId.BadResponse,
        "The service responded with a redirect, which is not followed because it would take the key along",
        "Check the base address.");

    private static readonly ErrorKind s_errorInside = new(
        TokaifyErrorId.BadResponse, "The service responded with an error", "Try again later.");

    /// <summary>What the caller can do; null if <see cref="NextStep"/> says it.</summary>
    public ErrorAdvice? Advice { get; private init; }

    /// <summary>Whether the same request may succeed a little later.</summary>
    public bool IsTransient { get; private init; }

    /// <summary>Whether no further request of this account can succeed: the service's own code says so.</summary>
    public bool IsFinalForAccount { get; private init; }

    /// <summary>Whether the limit is a daily one, which does not end within minutes.</summary>
    public bool IsDailyLimit { get; private init; }

    /// <summary>Finds the kind by the service's code, else by a known phrase, else by the status. An unknown status is treated by its
    /// class.</summary>
    public static ErrorKind Of(int status, ServiceError? error)
    {
        var effective = status < 400 ? StatusInside(error) ?? status : status;
        var meaning = ServiceCodes.MeaningOf(error);
        if (meaning is ServiceMeaning.Unknown)
        {
            meaning = ServicePhrases.MeaningOf(effective, error?.Message);
        }

        return meaning switch
        {
            ServiceMeaning.AccountEmpty => s_quotaExceeded with { IsFinalForAccount = true },
            ServiceMeaning.KeyRefused => s_unauthorized with { IsFinalForAccount = true },
            ServiceMeaning.NoBalance => s_quotaExceeded,
            ServiceMeaning.NoAccess => s_unauthorized,
            // Upstream also calls its limits per minute a quota; these end by themselves.
            ServiceMeaning.QuotaUsedUp when effective != 429 => s_quotaExceeded,
            ServiceMeaning.QuotaUsedUp or ServiceMeaning.RateLimit => RateLimit(error),
            // The relays of this family also use status 503 for it.
            ServiceMeaning.ModelNotFound => s_modelNotFound with { IsTransient = IsTransientStatus(status) },
            _ when effective == 429 => RateLimit(error),
            _ => OfStatus(effective) with { IsTransient = IsTransientStatus(effective) },
        };
    }

    private static ErrorKind RateLimit(ServiceError? error) =>
        s_rateLimited with { IsTransient = true, IsDailyLimit = ServicePhrases.NamesDailyLimit(error) };

    private static ErrorKind OfStatus(int status) => status switch
    {
        401 or 403 => s_unauthorized,
        402 => s_quotaExceeded,
        404 => s_modelNotFound,
        407 => s_proxyRefused,
        408 or 504 or 524 => s_timeout,
        409 => s_unavailable,
        413 => s_payloadTooLarge,
        >= 500 => s_unavailable,
        >= 400 => s_invalidRequest,
        >= 300 => s_redirected,
        _ => s_errorInside,
    };

    // The status codes after which another attempt may succeed; 501 and 505 are permanent. After 417, the next attempt does not send
    // Expect: 100-continue.
    internal static bool IsTransientStatus(int status) =>
        status is 408 or 409 or ExpectationFailed or 429 or 500 or 502 or 503 or 504 or (>= 520 and <= 524) or 529;

    // An error can come with status 200. Then its own code, or upstream's name for it, says more.
    // https://cloud.google.com/apis/design/errors#handling_errors
    private static int? StatusInside(ServiceError? error) => error?.Status switch
    {
        "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "ABORTED" => 409,
        "RESOURCE_EXHAUSTED" => 429,
        "INTERNAL" => 500,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => int.TryParse(error?.Code, out var code) && code is >= 400 and < 600 ? code : null,
    };
}
