namespace Tokaify;

/// <summary>The cost of the requests of one edit. It is reserved before a request is sent, and settled when the request has
/// ended.</summary>
/// <remarks>An edit has only one request in flight at a time.</remarks>
/// <param name="model">The model.</param>
/// <param name="price">The price of a request; null if it is not known.</param>
/// <param name="budget">The budget of all requests; null for no limit.</param>
internal sealed class EditCost(string model, RequestPrice? price, Budget? budget)
{
    private Reservation? _reservation;

    /// <summary>Begins a request. Its cost is the estimate until its end is known.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.BudgetReached"/>: the request must not be sent.</exception>
    public SentRequest Begin()
    {
        if (budget is null)
        {
            return new SentRequest { Charge = price?.Estimate };
        }

        _reservation = budget.TryReserve(model, price) ?? throw budget.Reached();
        return new SentRequest { Charge = _reservation.Charge };
    }

    /// <summary>Records that the complete response was received.</summary>
    public void Receive(SentRequest request, GenerateContentResponse response) =>
        End(request, price?.OfResponse(response.ImageCount, response.Usage));

    /// <summary>Records that no complete response was received.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">The failure; null if the request took too long or was stopped.</param>
    /// <param name="isSent">Whether all of the request was sent.</param>
    public void Fail(SentRequest request, TokaifyException? failure, bool isSent) =>
        End(request, price?.OfFailure(failure, isSent) ?? request.Charge);

    /// <summary>Records that the request was not sent.</summary>
    public void Cancel(SentRequest request) => End(request, price?.OfFailure(failure: null, isSent: false));

    private void End(SentRequest request, Charge? charge)
    {
        request.Charge = charge;
        _reservation?.Settle(charge);
        _reservation = null;
    }
}
