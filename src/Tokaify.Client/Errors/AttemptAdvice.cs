using Tokaify.Resilience;

namespace Tokaify;

/// <summary>What a failed attempt means for the next one, and for the other edits of a batch.</summary>
internal static class AttemptAdvice
{
    /// <summary>Judges a failed attempt.</summary>
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

    // When a day's quota is renewed, only the service knows.
    private static TimeSpan? WaitOf(TokaifyException failure) =>
        failure.RetryAfter ?? (failure.IsDailyLimit ? TimeSpan.MaxValue : null);

    // A body that ends too early is a connection that broke.
    private static Reach OutageOf(TokaifyException failure) => failure switch
    {
        { IsTransient: false } or { ErrorId: TokaifyErrorId.ModelNotFound } => Reach.Operation,
        { ErrorId: TokaifyErrorId.ConnectionFailed or TokaifyErrorId.BadResponse } => Reach.All,
        { ErrorId: TokaifyErrorId.ServiceUnavailable or TokaifyErrorId.Timeout } when IsOutage(failure.StatusCode) => Reach.Group,
        _ => Reach.Operation,
    };

    // 520 to 524 are 502 to 504 in a proxy's words.
    private static bool IsOutage(int? status) => status is 502 or 503 or 504 or (>= 520 and <= 524) or 529;

    // What would be the same whatever image is sent. Where a refusal names the model, another one may be allowed.
    private static Reach EndOf(TokaifyException failure) => failure.ErrorId switch
    {
        TokaifyErrorId.ModelNotFound => Reach.Group,
        TokaifyErrorId.Unauthorized or TokaifyErrorId.QuotaExceeded => IsOfModel(failure) ? Reach.Group : Reach.All,
        TokaifyErrorId.SaveFailed => Reach.All,
        TokaifyErrorId.ConnectionFailed when !failure.IsTransient => Reach.All,
        TokaifyErrorId.BadResponse when IsRedirect(failure) || IsPage(failure) => Reach.All,
        TokaifyErrorId.InvalidRequest when failure.StatusCode is 405 or 410 or 426 => Reach.All,
        TokaifyErrorId.ServiceUnavailable when !failure.IsTransient => Reach.All,
        _ => Reach.Operation,
    };

    private static bool IsOfModel(TokaifyException failure) =>
        !failure.IsFinalForAccount
        && failure.StatusCode == 403
        && failure.Message.IndexOf("model", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsRedirect(TokaifyException failure) => failure.StatusCode is >= 300 and < 400;

    // As of a proxy that wants people to log in.
    private static bool IsPage(TokaifyException failure) =>
        !failure.IsTransient && failure.ResponseText?.TrimStart().IndexOf('<') == 0;
}
