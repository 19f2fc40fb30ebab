namespace Tokaify;

/// <summary>A request, or what was to be done with its response, failed.</summary>
public sealed class TokaifyException : Exception
{
    /// <summary>Makes one without particulars.</summary>
    public TokaifyException()
        : this(TokaifyErrorId.BadResponse, "The request failed.")
    {
    }

    /// <summary>Makes one with a message only.</summary>
    public TokaifyException(string message)
        : this(TokaifyErrorId.BadResponse, message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    public TokaifyException(string message, Exception? innerException)
        : this(TokaifyErrorId.BadResponse, message, innerException)
    {
    }

    /// <summary>Makes one of a kind.</summary>
    /// <param name="errorId">What kind of failure it was.</param>
    /// <param name="message">What happened, in the service's words where it spoke, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public TokaifyException(TokaifyErrorId errorId, string message, Exception? innerException = null)
        : base(message, innerException) => ErrorId = errorId;

    /// <summary>What kind of failure it was.</summary>
    public TokaifyErrorId ErrorId { get; }

    /// <summary>The edit that failed; null where there was none, and for a turn of a conversation.</summary>
    internal ImageEdit? Edit { get; set; }

    /// <summary>What happened and what to do next. It begins with <see cref="Subject"/>, because results come out of order, and logs
    /// hold messages only.</summary>
    public override string Message => (Subject is null ? "" : $"{Subject}: ") + Statement;

    /// <summary>The message without what it is about.</summary>
    internal string Statement => base.Message + (AdviceText is null ? "" : $" {AdviceText}") + (Hint is null ? "" : $" {Hint}");

    /// <summary>What the caller can do about it; null for nothing more than the message says.</summary>
    public ErrorAdvice? Advice { get; init; }

    /// <summary>The words for <see cref="Advice"/>, which are part of the message; null while there are none.</summary>
    internal string? AdviceText { get; private set; }

    /// <summary>What the failure is about: the name of the source, with the numbers of its row and variation where there are several;
    /// null for all that the command does.</summary>
    public string? Subject { get; set; }

    /// <summary>The HTTP status, such as 429; null where no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's own code: the relay's <c>error.code</c>, or upstream's <c>error.status</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The service's name for the request, to quote when asking its operator.</summary>
    public string? RequestId { get; init; }

    /// <summary>Why the model stopped, where it said so: <c>SAFETY</c>, <c>MAX_TOKENS</c> …, or the prompt's block reason.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The beginning of the answer's body, 4,096 characters at the most, without images, secrets and control
    /// characters; null where none came.</summary>
    public string? ResponseText { get; init; }

    /// <summary>When it makes sense to try again, if the service asked for a wait; else null.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What a script ends with that ends by this error: 75 where the same command may be started again and succeed, later or at
    /// once, 78 where something has to be put right before. Null unless it ended a batch.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of requests that were sent; 0 where it failed before.</summary>
    public int Attempts => Requests.Count;

    /// <summary>The requests that were sent, each with the client's id and the service's; empty where it failed before.</summary>
    public IReadOnlyList<SentRequest> Requests { get; internal set; } = SentRequests.None;

    /// <summary>What the requests cost all the same, by the catalogue's prices: those whose end is unknown count as if they had
    /// succeeded. Null where nothing was sent, or the price is not known.</summary>
    public decimal? Cost => Charge?.Amount;

    /// <summary>The currency of <see cref="Cost"/>; null where that is.</summary>
    public string? Currency => Charge?.Currency;

    /// <summary>Whether <see cref="Cost"/> is reckoned by list prices.</summary>
    public bool CostIsListPrice => Charge?.IsListPrice == true;

    /// <summary>What the requests cost. An error that comes beside a result has none of its own.</summary>
    internal Charge? Charge { get; set; }

    /// <summary>What was found out afterwards and helps the user; null for nothing.</summary>
    internal string? Hint { get; set; }

    /// <summary>Puts the advice into words.</summary>
    /// <param name="words">Words it; null for no words.</param>
    internal void WordAdvice(Func<ErrorAdvice, string>? words) => AdviceText = Advice is { } advice ? words?.Invoke(advice) ?? AdviceText : null;

    /// <summary>Whether the same request may well succeed a little later.</summary>
    internal bool IsTransient { get; init; }

    /// <summary>Whether the service's code says that no further request of this account can succeed: the key is refused, or the account
    /// is empty or barred.</summary>
    internal bool IsFinalForAccount { get; init; }

    /// <summary>Whether the limit that was met is one by the day.</summary>
    internal bool IsDailyLimit { get; init; }

    /// <summary>The wait that the service asked for.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
