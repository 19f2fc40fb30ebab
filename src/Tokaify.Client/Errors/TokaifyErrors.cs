using System.Security.Authentication;

namespace Tokaify;

/// <summary>The errors that responses, connections and files end in: what happened, the service's words, what to do next.</summary>
/// <param name="text">What the words of others pass.</param>
internal sealed class TokaifyErrors(TextSanitizer text)
{
    private static readonly TimeSpan s_longWait = TimeSpan.FromMinutes(1);

    /// <summary>What the words of others pass.</summary>
    public TextSanitizer Text => text;

    /// <summary>A response with an error status, or with an error inside a good one.</summary>
    /// <param name="error">What the service says; its words have passed the sanitizer.</param>
    /// <param name="body">The beginning of the body; null for none.</param>
    /// <param name="head">What the response said before its body.</param>
    public static TokaifyException FromService(ServiceError? error, ResponseText? body, ResponseHead head)
    {
        var kind = ErrorKind.Of(head.StatusCode, error);
        var words = error?.Message ?? body?.Summary ?? "";
        var said = words.Length == 0 ? "" : $": {ServiceWords.Shorten(words)}";
        var waitText = WaitTextFor(kind, head);
        return new TokaifyException(kind.Id, $"{kind.What} (HTTP {head.StatusCode}){said}. {waitText ?? kind.NextStep}".TrimEnd())
        {
            Advice = waitText is null ? kind.Advice : null,
            StatusCode = head.StatusCode,
            Code = error?.Status ?? error?.Code,
            RequestId = head.RequestId ?? ServiceWords.RequestId(words),
            ResponseText = body?.Beginning,
            IsTransient = kind.IsTransient,
            IsFinalForAccount = kind.IsFinalForAccount,
            IsDailyLimit = kind.IsDailyLimit,
            RetryAfter = head.RetryAfter,
            RetryAt = head.RetryAt,
        };
    }

    // A short wait is waited for, and only a long one is for people.
    private static string? WaitTextFor(ErrorKind kind, ResponseHead head) =>
        kind.IsTransient && head.RetryAfter >= s_longWait && head.RetryAt is { } moment ? $"It asks to wait until {WaitText.Of(moment)}."
        : kind.IsDailyLimit && head.RetryAfter is null ? "It is a limit by the day, and the service does not say when it is renewed."
        : null;

    /// <summary>A good response that holds no image.</summary>
    public static TokaifyException NoImage(GenerateContentResponse response, ResponseHead head)
    {
        var reason = response.BlockReason ?? response.FinishReason;
        var words = response.BlockReasonMessage ?? response.FinishMessage ?? TextSanitizer.InOneLine(response.Text ?? "");
        var isBlocked = response.BlockReason is not null || ServiceWords.IsBlock(reason);
        var what = isBlocked ? "The service blocked the edit" : "The service answered without a picture";
        var advice = isBlocked
            ? "Change the prompt or the picture; the same request will be blocked again."
            : ServiceWords.AdviceFor(reason);
        return new TokaifyException(
            isBlocked ? TokaifyErrorId.ContentBlocked : TokaifyErrorId.NoImageReturned,
            $"{what}{(reason is null ? "" : $" ({reason})")}{(words.Length == 0 ? "" : $": {ServiceWords.Shorten(words)}")}. {advice}")
        {
            StatusCode = head.StatusCode,
            RequestId = response.RequestId,
            FinishReason = reason,
            ResponseText = response.Beginning?.Beginning,
        };
    }

    /// <summary>A response that is not what the API documents.</summary>
    /// <param name="cause">What the reader found.</param>
    /// <param name="body">The beginning of the body.</param>
    /// <param name="isCutOff">Whether it ended too early, so that another try may bring all of it.</param>
    /// <param name="head">What the response said before its body.</param>
    public TokaifyException BadResponse(Exception cause, ResponseText body, bool isCutOff, ResponseHead head)
    {
        var flaw = cause switch
        {
            BadResponseException => text.Line(cause.Message),
            _ when isCutOff => "it ends too early",
            _ => $"it is not valid JSON; it begins '{body.Summary}'",
        };
        return new TokaifyException(
            TokaifyErrorId.BadResponse,
            $"The answer cannot be used: {flaw}. Check the base address and what stands between here and the service.",
            text.Cause(cause))
        {
            StatusCode = head.StatusCode,
            RequestId = head.RequestId,
            ResponseText = body.Beginning,
            IsTransient = isCutOff,
        };
    }

    /// <summary>No response, or not all of one.</summary>
    public TokaifyException FromTransport(Exception cause, Uri baseUri)
    {
        if (IsProxyRefusal(cause))
        {
            return FromService(error: null, body: null, new ResponseHead(407, RequestId: null, RetryAfter: null));
        }

        // Where the transport gave up, it says so around the cancellation that it did it with.
        var innermost = Causes(cause).OfType<TimeoutException>().FirstOrDefault() ?? Causes(cause).Last();
        var refusal = Causes(cause).OfType<AuthenticationException>().FirstOrDefault();
        var words = ServiceWords.Shorten(text.Line((refusal ?? innermost).Message));
        return refusal is not null || IsBrokenHandshake(cause)
            ? new TokaifyException(
                TokaifyErrorId.ConnectionFailed,
                $"No TLS connection to {baseUri.Host}: {words}. Check the certificate, the clock and any proxy that looks into traffic.",
                text.Cause(cause))
            {
                // A bad certificate stays bad; a handshake that was broken off may succeed the next time.
                IsTransient = refusal is null,
            }
            : new TokaifyException(
                TokaifyErrorId.ConnectionFailed,
                $"The connection to {baseUri.Authority} failed: {words}. Check the address, the network and the proxy.",
                text.Cause(cause))
            {
                IsTransient = true,
            };
    }

    /// <summary>Whatever else a request ended in.</summary>
    public TokaifyException Unexpected(Exception cause) =>
        new($"The request failed: {ServiceWords.Shorten(text.Line(cause.Message))}.", text.Cause(cause));

    private static bool IsBrokenHandshake(Exception cause) =>
#if NET
        cause is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
#else
        Causes(cause).OfType<System.Net.WebException>().Any(
            exception => exception.Status == System.Net.WebExceptionStatus.SecureChannelFailure);
#endif

    // A tunnel through a proxy is made before there is a response that could say so.
    private static bool IsProxyRefusal(Exception cause) =>
#if NET
        cause is HttpRequestException { StatusCode: System.Net.HttpStatusCode.ProxyAuthenticationRequired };
#else
        Causes(cause).OfType<System.Net.WebException>().Any(
            exception => exception.Response is System.Net.HttpWebResponse { StatusCode: System.Net.HttpStatusCode.ProxyAuthenticationRequired });
#endif

    /// <summary>An attempt that took longer than it may.</summary>
    public static TokaifyException Timeout(TimeoutException cause) => new(
        TokaifyErrorId.Timeout,
        $"{cause.Message} The service may be slow today.",
        cause)
    {
        Advice = ErrorAdvice.RaiseTimeout,
        IsTransient = true,
    };

    /// <summary>A folder that no image can be saved in.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cause">Why not.</param>
    public static TokaifyException SaveFailed(string folder, Exception cause) => new(
        TokaifyErrorId.SaveFailed,
        NothingIn(folder, cause),
        TemporaryFile.Unnamed(cause))
    {
        Advice = ErrorAdvice.MakeRoom,
    };

    /// <summary>An image that is paid for and could not be put where it belongs.</summary>
    /// <param name="folder">Where it belongs.</param>
    /// <param name="cause">Why it could not.</param>
    /// <param name="keptAt">Where it is instead; null where it could not be kept at all.</param>
    public static TokaifyException NotInPlace(string folder, Exception cause, string? keptAt) => new(
        TokaifyErrorId.SaveFailed,
        (cause is TargetException ? $"{cause.Message}. " : $"{NothingIn(folder, cause)} ")
        + (keptAt is null ? "The picture could not be kept elsewhere either, and is lost." : $"The picture is kept at '{keptAt}'."),
        TemporaryFile.Unnamed(cause));

    private static string NothingIn(string folder, Exception cause) =>
        $"Nothing can be saved in '{folder}': {TemporaryFile.Unnamed(cause).Message.TrimEnd('.')}.";

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            yield return cause;
        }
    }
}

/// <summary>What a response says before its body.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="RequestId">The service's name for the request.</param>
/// <param name="RetryAfter">The wait it asks for.</param>
internal sealed record ResponseHead(int StatusCode, string? RequestId, TimeSpan? RetryAfter)
{
    // The relays of this family, upstream, and what stands before them.
    private static readonly string[] s_requestIdHeaders = ["X-Oneapi-Request-Id", "X-Request-Id", "X-Goog-Request-Id", "CF-Ray"];

    private static readonly TimeSpan s_oneSecond = TimeSpan.FromSeconds(1);

    /// <summary>When that wait is over, where a calendar has such a day.</summary>
    public DateTimeOffset? RetryAt { get; } = RetryAfter < TimeSpan.FromDays(100_000) ? DateTimeOffset.Now + RetryAfter : null;

    /// <summary>Reads the head of a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="text">What its words pass.</param>
    public static ResponseHead Of(HttpResponseMessage response, TextSanitizer text) =>
        new((int)response.StatusCode, FindRequestId(response) is { } id ? text.Name(id) : null, FindRetryAfter(response));

    private static string? FindRequestId(HttpResponseMessage response) => s_requestIdHeaders
        .Select(name => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null)
        .FirstOrDefault(value => !string.IsNullOrEmpty(value));

    // No wait, or a date in the past, is no wish: the usual backoff applies, so that no service makes a client ask without a pause. Dates
    // are in whole seconds.
    private static TimeSpan? FindRetryAfter(HttpResponseMessage response)
    {
        var retryAfter = response.Headers.RetryAfter;
        var wait = retryAfter?.Delta ?? retryAfter?.Date - (response.Headers.Date ?? DateTimeOffset.UtcNow);
        return wait <= TimeSpan.Zero ? null : wait < s_oneSecond ? s_oneSecond : wait;
    }
}
