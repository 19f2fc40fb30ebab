namespace Tokaify;

/// <summary>Creates the errors of following a link. Each message has the link, because its image is paid for.</summary>
/// <param name="link">The link, as it came.</param>
/// <param name="requestId">The service's id of the request whose response had the link; null if it has none.</param>
/// <param name="errors">Creates the errors of connections; its sanitizer is used for the link.</param>
internal sealed class LinkErrors(string link, string? requestId, TokaifyErrors errors)
{
    private string Shown => errors.Text.Line(link);

    /// <summary>The image could not be fetched.</summary>
    /// <param name="reason">The reason, which completes "The image could not be fetched: …".</param>
    /// <param name="cause">The cause; null if there is none.</param>
    public TokaifyException Of(string reason, Exception? cause = null) =>
        new(TokaifyErrorId.LinkFailed, Message(reason), cause) { RequestId = requestId };

    /// <summary>The link is not followed.</summary>
    public TokaifyException Refused(LinkRefusedException cause) => new(
        TokaifyErrorId.LinkFailed,
        $"The response has a link in place of the image, and the link is refused: {errors.Text.Line(cause.Message)}. The edit is paid for; the link: '{Shown}'.")
    {
        RequestId = requestId,
    };

    /// <summary>The server returned an error status.</summary>
    public TokaifyException OfStatus(ResponseHead head) => new(
        TokaifyErrorId.LinkFailed, Message($"its server responded with HTTP {head.StatusCode}"))
    {
        StatusCode = head.StatusCode,
        RequestId = requestId,
        IsTransient = ErrorKind.IsTransientStatus(head.StatusCode),
        RetryAfter = head.RetryAfter,
        RetryAt = head.RetryAt,
    };

    /// <summary>The image is incomplete.</summary>
    public TokaifyException CutOff() => new(TokaifyErrorId.LinkFailed, Message("the data ends before the image is complete"))
    {
        RequestId = requestId,
        IsTransient = true,
    };

    /// <summary>The connection failed.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="address">The address that was requested.</param>
    public TokaifyException OfTransport(Exception cause, Uri address)
    {
        var failure = errors.FromTransport(cause, address);
        return new(TokaifyErrorId.LinkFailed, Message(errors.Text.Line(failure.Message)), failure.InnerException)
        {
            Advice = failure.Advice,
            RequestId = requestId,
            IsTransient = failure.IsTransient,
        };
    }

    /// <summary>The last attempt took too long.</summary>
    public TokaifyException Timeout(TimeoutException cause) => Of(cause.Message, cause);

    /// <summary>The command was stopped before the image was fetched.</summary>
    public TokaifyException Stopped() => Of("the command was stopped before");

    /// <summary>The image was fetched, but could not be saved.</summary>
    /// <param name="failure">The failure; the link is added to it.</param>
    public TokaifyException NotSaved(TokaifyException failure)
    {
        failure.Hint = $"The edit is paid for, and its image is behind this link: '{Shown}'.";
        return failure;
    }

    /// <summary>Any other failure.</summary>
    public TokaifyException Unexpected(Exception cause)
    {
        var failure = errors.Unexpected(cause);
        return Of(failure.Message, failure.InnerException);
    }

    private string Message(string reason) =>
        $"The response has a link in place of the image, and the image could not be fetched: {reason.TrimEnd('.')}. The edit is paid for; the link: '{Shown}'.";
}
