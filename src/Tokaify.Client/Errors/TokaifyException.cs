namespace Tokaify;

/// <summary>A request, or the processing of its response, failed.</summary>
public sealed class TokaifyException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public TokaifyException()
        : this(TokaifyErrorId.BadResponse, "The request failed.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public TokaifyException(string message)
        : this(TokaifyErrorId.BadResponse, message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    public TokaifyException(string message, Exception? innerException)
        : this(TokaifyErrorId.BadResponse, message, innerException)
    {
    }

    /// <summary>Creates an exception with an error id.</summary>
    /// <param name="errorId">The kind of failure.</param>
    /// <param name="message">What happened, with the service's message if there is one, and what to do next. Control characters are removed
    /// from it, because it may quote a name or a text of a file.</param>
    /// <param name="innerException">The cause.</param>
    public TokaifyException(TokaifyErrorId errorId, string message, Exception? innerException = null)
        : base(ControlCharacters.Remove(message), innerException) => ErrorId = errorId;

    /// <summary>The kind of failure.</summary>
    public TokaifyErrorId ErrorId { get; }

    /// <summary>The edit that failed; null if no edit failed, and for a turn of a conversation.</summary>
    internal ImageEdit? Edit { get; set; }

    /// <summary>What happened and what to do next. It begins with <see cref="Subject"/>, because results arrive out of order, and logs
    /// contain only messages.</summary>
    public override string Message => (Subject is null ? "" : $"{Subject}: ") + Statement;

    /// <summary>The message without <see cref="Subject"/>.</summary>
    internal string Statement => base.Message + (AdviceText is null ? "" : $" {AdviceText}") + (Hint is null ? "" : $" {Hint}");

    /// <summary>What the caller can do about it; null if there is nothing to add to the message.</summary>
    public ErrorAdvice? Advice { get; init; }

    /// <summary>The text of <see cref="Advice"/>, which is part of the message; null if there is none yet.</summary>
    internal string? AdviceText { get; private set; }

    /// <summary>The subject of the failure: the name of the source, with the numbers of its row and variation if there are several; null if
    /// the failure concerns the whole command.</summary>
    public string? Subject { get; set; }

    /// <summary>The HTTP status, such as 429; null if no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's own code: the relay's <c>error.code</c>, or upstream's <c>error.status</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The service's id of the request, to be quoted to its operator.</summary>
    public string? RequestId { get; init; }

    /// <summary>Why the model stopped, if the response says so: <c>SAFETY</c>, <c>MAX_TOKENS</c> …, or the prompt's block reason.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The beginning of the response's body, at most 4,096 characters, without images, secrets and control characters; null if no
    /// body came.</summary>
    public string? ResponseText { get; init; }

    /// <summary>When the next attempt makes sense, if the service asked for a wait; else null.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The exit code for a script that ends with this error: 75 if the same command may succeed when it is started again, now or
    /// later; 78 if something has to be corrected first. Null unless the error ended a batch.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of requests that were sent; 0 if it failed before the first.</summary>
    public int Attempts => Requests.Count;

    /// <summary>The requests that were sent, each with the client's id and the service's; empty if it failed before the first.</summary>
    public IReadOnlyList<SentRequest> Requests { get; internal set; } = SentRequests.None;

    /// <summary>The cost of the requests despite the failure, by the catalogue's prices; requests whose end is unknown count as if they had
    /// succeeded. Null if nothing was sent, or if the price is not known.</summary>
    public decimal? Cost => Charge?.Amount;

    /// <summary>The currency of <see cref="Cost"/>; null if the cost is null.</summary>
    public string? Currency => Charge?.Currency;

    /// <summary>Whether <see cref="Cost"/> is computed from list prices.</summary>
    public bool CostIsListPrice => Charge?.IsListPrice == true;

    /// <summary>The cost of the requests; null for an error that accompanies a result.</summary>
    internal Charge? Charge { get; set; }

    /// <summary>A hint for the user that was determined afterwards; null if there is none.</summary>
    internal string? Hint { get; set; }

    /// <summary>Sets the text of the advice.</summary>
    /// <param name="words">Returns the text of an advice; null for no text.</param>
    internal void WordAdvice(Func<ErrorAdvice, string>? words) => AdviceText = Advice is { } advice ? words?.Invoke(advice) ?? AdviceText : null;

    /// <summary>Whether the same request may succeed a little later.</summary>
    internal bool IsTransient { get; init; }

    /// <summary>Whether the service's code says that no further request of this account can succeed: the key is refused, or the account
    /// is empty or barred.</summary>
    internal bool IsFinalForAccount { get; init; }

    /// <summary>Whether the service's message names the model as what is refused, so that another model may be allowed.</summary>
    internal bool IsOfModel { get; init; }

    /// <summary>Whether the key is refused for good: the service's code says so, or the refusals of the key ended a batch. Any other refusal
    /// may be about one image, one model, or one of the service's own keys.</summary>
    internal bool IsKeyRefused =>
        ErrorId == TokaifyErrorId.Unauthorized && (IsFinalForAccount || (ExitCode is not null && !IsOfModel));

    /// <summary>Whether the limit is a daily one.</summary>
    internal bool IsDailyLimit { get; init; }

    /// <summary>The wait that the service asked for.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
