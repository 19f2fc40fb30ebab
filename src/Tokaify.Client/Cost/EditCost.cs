namespace Tokaify;

/// <summary>What the requests of one edit cost: reserved before each one is sent, and settled when it has ended.</summary>
/// <remarks>An edit has one request under way at a time.</remarks>
/// <param name="model">The model.</param>
/// <param name="price">What a request costs; null where that is not known.</param>
/// <param name="budget">What all requests may cost; null for no limit.</param>
internal sealed class EditCost(string model, RequestPrice? price, Budget? budget)
{
    private Reservation? _reservation;

    /// <summary>Begins a request. Until its end is known, it costs what it is likely to.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.BudgetReached"/>: it must not be sent.</exception>
    public SentRequest Begin()
    {
        if (budget is null)
        {
            return new SentRequest { Charge = price?.Estimate };
        }

        _reservation = budget.TryReserve(model, price) ?? throw budget.Reached();
        return new SentRequest { Charge = _reservation.Charge };
    }

    /// <summary>The whole response has come.</summary>
    public void Receive(SentRequest request, GenerateContentResponse response) =>
        End(request, price?.OfResponse(response.ImageCount, response.Usage));

    /// <summary>No whole response has come.</summary>
    /// <param name="request">The request.</param>
    /// <param name="failure">Why; null where it took too long or was stopped.</param>
    /// <param name="isSent">Whether all of the request was sent.</param>
    public void Fail(SentRequest request, TokaifyException? failure, bool isSent) =>
        End(request, price?.OfFailure(failure, isSent) ?? request.Charge);

    /// <summary>The request was not sent after all.</summary>
    public void Cancel(SentRequest request) => End(request, price?.OfFailure(failure: null, isSent: false));

    private void End(SentRequest request, Charge? charge)
    {
        request.Charge = charge;
        _reservation?.Settle(charge);
        _reservation = null;
    }
}
