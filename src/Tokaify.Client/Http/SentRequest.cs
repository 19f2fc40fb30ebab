using System.Collections.ObjectModel;

namespace Tokaify;

/// <summary>One request that was sent: an attempt of an edit, or of a page of the model list.</summary>
public sealed class SentRequest
{
    /// <summary>The header that carries <see cref="ClientRequestId"/>.</summary>
    internal const string IdHeader = "X-Client-Request-Id";

    /// <summary>The client's id of the request, sent as <c>X-Client-Request-Id</c>. Every attempt has its own.</summary>
    public string ClientRequestId { get; } = Guid.NewGuid().ToString();

    /// <summary>The service's id of the request; null if no response came, or if the response has no id.</summary>
    public string? RequestId { get; private set; }

    /// <summary>The HTTP status; null if no response came.</summary>
    public int? StatusCode { get; private set; }

    /// <summary>The id of the error that it ended in; null if it succeeded, or if its end is unknown.</summary>
    public string? ErrorId => Failure?.ToString();

    /// <summary>Its cost by the catalogue's price; the estimate if its end is unknown. Null if the price is not known.</summary>
    public decimal? Cost => Charge?.Amount;

    /// <summary>The currency of <see cref="Cost"/>; null if the cost is null.</summary>
    public string? Currency => Charge?.Currency;

    /// <summary>Its cost, or the estimate as long as the cost is not known; null if there is no price.</summary>
    internal Charge? Charge { get; set; }

    /// <summary>How it failed; null if it succeeded, or if its end is unknown.</summary>
    internal TokaifyErrorId? Failure { get; private set; }

    /// <summary>The client's id, and the service's if it is known.</summary>
    public override string ToString() => RequestId is null ? ClientRequestId : $"{ClientRequestId} ({RequestId})";

    /// <summary>Records the head of a response.</summary>
    internal void Receive(ResponseHead head)
    {
        StatusCode = head.StatusCode;
        RequestId = head.RequestId;
    }

    /// <summary>Records a failure.</summary>
    internal void Fail(TokaifyErrorId errorId) => Failure = errorId;

    /// <summary>Records a failure; the exception may know more than the head.</summary>
    internal void Fail(TokaifyException exception)
    {
        StatusCode ??= exception.StatusCode;
        RequestId ??= exception.RequestId;
        Fail(exception.ErrorId);
    }
}

/// <summary>The requests of an edit, in the order in which they were sent.</summary>
/// <remarks>In a cell of a table or a file, it is shown as its ids.</remarks>
internal sealed class SentRequests(IReadOnlyList<SentRequest> requests) : ReadOnlyCollection<SentRequest>([.. requests])
{
    public static SentRequests None { get; } = new([]);

    /// <summary>The ids, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this);
}
