using Tokaify.Resilience;

namespace Tokaify;

/// <summary>The consequences of a failed attempt for the next attempt and for the other edits of a batch.</summary>
internal static class AttemptAdvice
{
    /// <summary>Returns the consequences of a failed attempt.</summary>
    public static RetryAdvice For(Exception exception) => exception switch
    {
        TokaifyException failure => For(failure),
        TimeoutException => new(Retry: true) { Outage = Reach.All },
        _ => default,
    };

    private static RetryAdvice For(TokaifyException failure) =>
        new(failure.IsTransient, WaitOf(failure), StartsCooldown: failure.ErrorId == TokaifyErrorId.RateLimited)
        {
            Outage = OutageOf(failure),
            End = EndOf(failure),
            IsCertain = failure.IsFinalForAccount,
            IsWorking = failure.ErrorId is TokaifyErrorId.ContentBlocked or TokaifyErrorId.NoImageReturned,
        };

    // Only the service knows when a daily quota is renewed.
    private static TimeSpan? WaitOf(TokaifyException failure) =>
        failure.RetryAfter ?? (failure.IsDailyLimit ? TimeSpan.MaxValue : null);

    // A transient BadResponse is a body that ended too early, because the connection broke.
    private static Reach OutageOf(TokaifyException failure) => failure switch
    {
        { IsTransient: false } or { ErrorId: TokaifyErrorId.ModelNotFound } => Reach.Operation,
        { ErrorId: TokaifyErrorId.ConnectionFailed or TokaifyErrorId.BadResponse } => Reach.All,
        { ErrorId: TokaifyErrorId.ServiceUnavailable or TokaifyErrorId.Timeout } when IsOutage(failure.StatusCode) => Reach.Group,
        _ => Reach.Operation,
    };

    // 520 to 524 are a proxy's equivalents of 502 to 504.
    private static bool IsOutage(int? status) => status is 502 or 503 or 504 or (>= 520 and <= 524) or 529;

    // Failures that do not depend on the image. If a refusal names the model, another model may be allowed.
    private static Reach EndOf(TokaifyException failure) => failure.ErrorId switch
    {
        TokaifyErrorId.ModelNotFound => Reach.Group,
        TokaifyErrorId.Unauthorized or TokaifyErrorId.QuotaExceeded => failure.IsOfModel ? Reach.Group : Reach.All,
        TokaifyErrorId.SaveFailed => Reach.All,
        TokaifyErrorId.ConnectionFailed when !failure.IsTransient => Reach.All,
        TokaifyErrorId.BadResponse when IsRedirect(failure) || IsPage(failure) => Reach.All,
        TokaifyErrorId.InvalidRequest when failure.StatusCode is 405 or 410 or 426 => Reach.All,
        TokaifyErrorId.ServiceUnavailable when !failure.IsTransient => Reach.All,
        _ => Reach.Operation,
    };

    private static bool IsRedirect(TokaifyException failure) => failure.StatusCode is >= 300 and < 400;

    // An example is the page of a proxy on which the user has to log in.
    private static bool IsPage(TokaifyException failure) =>
        !failure.IsTransient && failure.ResponseText?.TrimStart().IndexOf('<') == 0;
}
