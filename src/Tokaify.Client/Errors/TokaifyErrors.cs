using System.Security.Authentication;

namespace Tokaify;

/// <summary>Creates the errors of responses, connections and files: what happened, the service's message, what to do next.</summary>
/// <param name="text">The sanitizer for text from outside.</param>
internal sealed class TokaifyErrors(TextSanitizer text)
{
    private static readonly TimeSpan s_longWait = TimeSpan.FromMinutes(1);

    /// <summary>The sanitizer for text from outside.</summary>
    public TextSanitizer Text => text;

    /// <summary>A response with an error status, or with an error inside a successful one.</summary>
    /// <param name="error">The service's error; its texts have passed the sanitizer.</param>
    /// <param name="body">The beginning of the body; null if there is none.</param>
    /// <param name="head">The status and headers of the response.</param>
    public static TokaifyException FromService(ServiceError? error, ResponseText? body, ResponseHead head)
    {
        var kind = ErrorKind.Of(head.StatusCode, error);
        var words = error?.Message ?? body?.Summary ?? "";
        var said = words.Length == 0 ? "" : $": {ServiceWords.Shorten(words)}";
        var waitText = WaitTextFor(kind, head);
        var isOfModel = !kind.IsFinalForAccount && head.StatusCode == 403 && said.IndexOf("model", StringComparison.OrdinalIgnoreCase) >= 0;
        return new TokaifyException(kind.Id, $"{kind.What} (HTTP {head.StatusCode}){said}. {waitText ?? kind.NextStep}".TrimEnd())
        {
            Advice = waitText is not null ? null
                : isOfModel && kind.Advice == ErrorAdvice.CheckKey ? ErrorAdvice.ChangeModel
                : kind.Advice,
            StatusCode = head.StatusCode,
            Code = error?.Status ?? error?.Code,
            RequestId = head.RequestId ?? ServiceWords.RequestId(words),
            ResponseText = body?.Beginning,
            IsTransient = kind.IsTransient,
            IsFinalForAccount = kind.IsFinalForAccount,
            IsOfModel = isOfModel,
            IsDailyLimit = kind.IsDailyLimit,
            RetryAfter = head.RetryAfter,
            RetryAt = head.RetryAt,
        };
    }

    // The client waits for a short time by itself; the user is told only about a long wait.
    private static string? WaitTextFor(ErrorKind kind, ResponseHead head) =>
        kind.IsTransient && head.RetryAfter >= s_longWait && head.RetryAt is { } moment
            ? $"The service asks to wait until {WaitText.Of(moment)}."
        : kind.IsDailyLimit && head.RetryAfter is null ? "It is a daily limit, and the service does not say when it is renewed."
        : null;

    /// <summary>A successful response without an image.</summary>
    public static TokaifyException NoImage(GenerateContentResponse response, ResponseHead head)
    {
        var reason = response.BlockReason ?? response.FinishReason;
        var words = response.BlockReasonMessage ?? response.FinishMessage ?? TextSanitizer.InOneLine(response.Text ?? "");
        var isBlocked = response.BlockReason is not null || ServiceWords.IsBlock(reason);
        var what = isBlocked ? "The service blocked the edit" : "The service returned no picture";
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
    /// <param name="cause">The exception of the reader.</param>
    /// <param name="body">The beginning of the body.</param>
    /// <param name="isCutOff">Whether it ended too early, so that another attempt may succeed.</param>
    /// <param name="head">The status and headers of the response.</param>
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
            $"The response cannot be used: {flaw}. Check the base address and any proxy in front of the service.",
            text.Cause(cause))
        {
            StatusCode = head.StatusCode,
            RequestId = head.RequestId,
            ResponseText = body.Beginning,
            IsTransient = isCutOff,
        };
    }

    /// <summary>No response, or an incomplete one.</summary>
    public TokaifyException FromTransport(Exception cause, Uri baseUri)
    {
        if (IsProxyRefusal(cause))
        {
            return FromService(error: null, body: null, new ResponseHead(407, RequestId: null, RetryAfter: null));
        }

        // If the transport timed out, its TimeoutException wraps a cancellation, so the innermost exception would say less.
        var innermost = Causes(cause).OfType<TimeoutException>().FirstOrDefault() ?? Causes(cause).Last();
        var refusal = Causes(cause).OfType<AuthenticationException>().FirstOrDefault();
        var words = ServiceWords.Shorten(text.Line((refusal ?? innermost).Message));
        return refusal is not null || IsBrokenHandshake(cause)
            ? new TokaifyException(
                TokaifyErrorId.ConnectionFailed,
                $"No TLS connection to {baseUri.Host}: {words}. Check the certificate, the clock and any proxy that inspects traffic.",
                text.Cause(cause))
            {
                // A refused certificate is permanent; after a broken handshake the next one may succeed.
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

    /// <summary>Any other failure of a request.</summary>
    public TokaifyException Unexpected(Exception cause) =>
        new($"The request failed: {ServiceWords.Shorten(text.Line(cause.Message))}.", text.Cause(cause));

    private static bool IsBrokenHandshake(Exception cause) =>
#if NET
        cause is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
#else
        Causes(cause).OfType<System.Net.WebException>().Any(
            exception => exception.Status == System.Net.WebExceptionStatus.SecureChannelFailure);
#endif

    // The proxy refuses the tunnel before a response exists, so the refusal comes as an exception.
    private static bool IsProxyRefusal(Exception cause) =>
#if NET
        cause is HttpRequestException { StatusCode: System.Net.HttpStatusCode.ProxyAuthenticationRequired };
#else
        Causes(cause).OfType<System.Net.WebException>().Any(
            exception => exception.Response is System.Net.HttpWebResponse { StatusCode: System.Net.HttpStatusCode.ProxyAuthenticationRequired });
#endif

    /// <summary>An attempt that exceeded its time limit.</summary>
    public static TokaifyException Timeout(TimeoutException cause) => new(
        TokaifyErrorId.Timeout,
        $"{cause.Message} The service may be slow at the moment.",
        cause)
    {
        Advice = ErrorAdvice.RaiseTimeout,
        IsTransient = true,
    };

    /// <summary>A folder in which no image can be saved.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cause">The cause.</param>
    public static TokaifyException SaveFailed(string folder, Exception cause) => new(
        TokaifyErrorId.SaveFailed,
        DescribeSaveFailure(folder, cause),
        TemporaryFile.Unnamed(cause))
    {
        Advice = ErrorAdvice.MakeRoom,
    };

    /// <summary>An image that is paid for and could not be saved in its place.</summary>
    /// <param name="folder">The folder of its place.</param>
    /// <param name="cause">The cause.</param>
    /// <param name="keptAt">The path at which it is kept instead; null if it could not be kept.</param>
    public static TokaifyException NotInPlace(string folder, Exception cause, string? keptAt) => new(
        TokaifyErrorId.SaveFailed,
        (cause is TargetException ? $"{cause.Message}. " : $"{DescribeSaveFailure(folder, cause)} ")
        + (keptAt is null ? "The picture could not be kept elsewhere either, and is lost." : $"The picture is kept at '{keptAt}'."),
        TemporaryFile.Unnamed(cause));

    private static string DescribeSaveFailure(string folder, Exception cause) =>
        $"Nothing can be saved in '{folder}': {TemporaryFile.Unnamed(cause).Message.TrimEnd('.')}.";

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            yield return cause;
        }
    }
}

/// <summary>The head of a response: its status and some headers.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="RequestId">The service's id of the request.</param>
/// <param name="RetryAfter">The wait that the service asks for; null if it asks for none.</param>
internal sealed record ResponseHead(int StatusCode, string? RequestId, TimeSpan? RetryAfter)
{
    // The headers of the relays of this family, of upstream, and of proxies in front of them.
    private static readonly string[] s_requestIdHeaders = ["X-Oneapi-Request-Id", "X-Request-Id", "X-Goog-Request-Id", "CF-Ray"];

    private static readonly TimeSpan s_oneSecond = TimeSpan.FromSeconds(1);

    /// <summary>The time at which that wait ends; null if there is no wait, or if it is too long for a date.</summary>
    public DateTimeOffset? RetryAt { get; } = RetryAfter < TimeSpan.FromDays(100_000) ? DateTimeOffset.Now + RetryAfter : null;

    /// <summary>Reads the head of a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="text">The sanitizer for its id.</param>
    public static ResponseHead Of(HttpResponseMessage response, TextSanitizer text) =>
        new((int)response.StatusCode, FindRequestId(response) is { } id ? text.Name(id) : null, FindRetryAfter(response));

    private static string? FindRequestId(HttpResponseMessage response) => s_requestIdHeaders
        .Select(name => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null)
        .FirstOrDefault(value => !string.IsNullOrEmpty(value));

    // A wait of zero or a date in the past is ignored, and the usual backoff applies, so that a service cannot make a client retry without
    // a pause. The minimum is one second, because dates have whole seconds.
    private static TimeSpan? FindRetryAfter(HttpResponseMessage response)
    {
        var retryAfter = response.Headers.RetryAfter;
        var wait = retryAfter?.Delta ?? retryAfter?.Date - (response.Headers.Date ?? DateTimeOffset.UtcNow);
        return wait <= TimeSpan.Zero ? null : wait < s_oneSecond ? s_oneSecond : wait;
    }
}
