namespace Tokaify;

/// <summary>The errors that following a link ends in. Each has the link, because what is behind it is paid for.</summary>
/// <param name="link">The link, as it came.</param>
/// <param name="requestId">The service's id of the request that brought it; null if it has none.</param>
/// <param name="errors">Makes the errors of connections; what its words pass, the link passes.</param>
internal sealed class LinkErrors(string link, string? requestId, TokaifyErrors errors)
{
    private string Shown => errors.Text.Line(link);

    /// <summary>The image cannot be had.</summary>
    /// <param name="reason">Why, in words that complete "The image could not be fetched: …".</param>
    /// <param name="cause">The cause; null for none.</param>
    public TokaifyException Of(string reason, Exception? cause = null) =>
        new(TokaifyErrorId.LinkFailed, Message(reason), cause) { RequestId = requestId };

    /// <summary>The link is not followed.</summary>
    public TokaifyException Refused(LinkRefusedException cause) => new(
        TokaifyErrorId.LinkFailed,
        $"The response has a link in place of the image, and the link is refused: {errors.Text.Line(cause.Message)}. The edit is paid for; the link: '{Shown}'.")
    {
        RequestId = requestId,
    };

    /// <summary>Its server answered with something else than an image.</summary>
    public TokaifyException OfStatus(ResponseHead head) => new(TokaifyErrorId.LinkFailed, Message($"its server answered with HTTP {head.StatusCode}"))
    {
        StatusCode = head.StatusCode,
        RequestId = requestId,
        IsTransient = ErrorKind.IsTransientStatus(head.StatusCode),
        RetryAfter = head.RetryAfter,
        RetryAt = head.RetryAt,
    };

    /// <summary>Not all of the image came.</summary>
    public TokaifyException CutOff() => new(TokaifyErrorId.LinkFailed, Message("it ends before the image does"))
    {
        RequestId = requestId,
        IsTransient = true,
    };

    /// <summary>The connection failed.</summary>
    /// <param name="cause">How.</param>
    /// <param name="address">What was asked for.</param>
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

    /// <summary>The command was stopped meanwhile.</summary>
    public TokaifyException Stopped() => Of("the command was stopped before");

    /// <summary>It came, and could not be written.</summary>
    /// <param name="failure">Why.</param>
    public TokaifyException NotSaved(TokaifyException failure)
    {
        failure.Hint = $"The edit is paid for, and its image is behind this link: '{Shown}'.";
        return failure;
    }

    /// <summary>Whatever else it ended in.</summary>
    public TokaifyException Unexpected(Exception cause)
    {
        var failure = errors.Unexpected(cause);
        return Of(failure.Message, failure.InnerException);
    }

    private string Message(string reason) =>
        $"The response has a link in place of the image, and the image could not be fetched: {reason.TrimEnd('.')}. The edit is paid for; the link: '{Shown}'.";
}
