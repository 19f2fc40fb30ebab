using System.Globalization;

namespace Tokaify;

/// <summary>A limit for the total cost of requests. The estimated cost of a request is reserved before it is sent.</summary>
/// <remarks>It counts the requests of one client, and the earlier spending that it is given. Clients that run at the same time do not see
/// each other's spending.</remarks>
public sealed class Budget
{
    private readonly object _lock = new();

    // The actual cost of requests whose estimate was too low, by model and estimate.
    private readonly Dictionary<(string Model, decimal Estimate), decimal> _raised = [];
    private decimal _spent;
    private decimal _reserved;

    /// <summary>Creates a budget from which nothing is spent yet.</summary>
    /// <param name="limit">The greatest cost, in the currency of the first request's price.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is below 0.</exception>
    public Budget(decimal limit) => Limit = limit >= 0
        ? limit
        : throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The budget is below 0.") { Advice = ErrorAdvice.RaiseBudget };

    /// <summary>The greatest cost.</summary>
    public decimal Limit { get; }

    /// <summary>The currency; null before the first request, if nothing was spent before.</summary>
    public string? Currency { get; private set; }

    /// <summary>The earlier spending, according to the journal.</summary>
    public decimal SpentBefore { get; private set; }

    /// <summary>The total spending, with <see cref="SpentBefore"/>, without requests in flight.</summary>
    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _spent;
            }
        }
    }

    /// <summary>Adds earlier spending.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is in another currency.</exception>
    public void AddSpentBefore(decimal amount, string currency)
    {
        SetCurrency(currency, "The journal's earlier edits were paid");
        lock (_lock)
        {
            SpentBefore += amount;
            _spent += amount;
        }
    }

    /// <summary>Checks that the cost of a request can be compared with it.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the cost is not known, or in another
    /// currency.</exception>
    public void Check(ImageRequest request)
    {
        var estimate = request.EstimateCost() ?? throw Unknown(request.Model);
        SetCurrency(estimate.Currency, $"{request.Model} is paid");
    }

    /// <summary>Reserves the estimated cost of a request.</summary>
    /// <returns>Null if the limit would be exceeded; then the request must not be sent.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>, as for <see cref="Check"/>.</exception>
    internal Reservation? TryReserve(string model, RequestPrice? price)
    {
        var estimate = price?.Estimate ?? throw Unknown(model);
        SetCurrency(estimate.Currency, $"{model} is paid");
        lock (_lock)
        {
            var amount = _raised.TryGetValue((model, estimate.Amount), out var raised) ? raised : estimate.Amount;
            if (_spent + _reserved + amount > Limit)
            {
                return null;
            }

            _reserved += amount;
            return new Reservation(this, model, estimate.Amount, estimate with { Amount = amount });
        }
    }

    /// <summary>Replaces a reservation by the cost of a request that has ended.</summary>
    internal void Settle(Reservation reservation, decimal cost)
    {
        lock (_lock)
        {
            _reserved -= reservation.Charge.Amount;
            _spent += cost;
            if (cost > reservation.Charge.Amount)
            {
                _raised[(reservation.Model, reservation.Estimate)] = cost;
            }
        }
    }

    /// <summary>Creates the error for a request that would exceed the limit.</summary>
    internal TokaifyException Reached() => new(
        TokaifyErrorId.BudgetReached, $"Another request would pass the budget of {Text(Limit)}.");

    /// <summary>Describes the spending in one sentence.</summary>
    public string Describe()
    {
        var before = SpentBefore > 0 ? $", {Text(SpentBefore)} of it before, by the journal" : "";
        return $"Spent: {Text(Spent)} of {Text(Limit)}{before}.";
    }

    private string Text(decimal amount) =>
        $"{amount.ToString("0.00##", CultureInfo.InvariantCulture)}{(Currency is null ? "" : $" {Currency}")}";

    private void SetCurrency(string currency, string subject)
    {
        lock (_lock)
        {
            Currency ??= currency;
            if (Currency != currency)
            {
                throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    $"The budget is one amount in {Currency}, and {Lower(subject)} in {currency}. Set the prices of the models in one "
                    + "currency in your own catalogue, which TOKAIFY_MODEL_CATALOG or the profile names.")
                {
                    Advice = ErrorAdvice.SeparateCurrencies,
                };
            }
        }
    }

    private static string Lower(string subject) =>
        subject.StartsWith("The ", StringComparison.Ordinal) ? "the " + subject.Substring("The ".Length) : subject;

    private static TokaifyException Unknown(string model) => new(
        TokaifyErrorId.InvalidArgument,
        $"A budget needs to know what an image of {model} costs, and the catalogue has no price for it. Set its price in your own "
        + "catalogue, which TOKAIFY_MODEL_CATALOG or the profile names: {\"models\":[{\"name\":\"" + model + "\",\"price\":{\"currency\":\"USD\",\"perImage\":0.04}}]}.")
    {
        Advice = ErrorAdvice.LeaveBudgetOut,
    };
}

/// <summary>A part of a budget, reserved for a request.</summary>
/// <param name="budget">The budget.</param>
/// <param name="model">The request's model.</param>
/// <param name="estimate">The cost by the catalogue.</param>
/// <param name="charge">The reserved amount: more than the estimate, if that proved too low before.</param>
internal sealed class Reservation(Budget budget, string model, decimal estimate, Charge charge)
{
    public string Model => model;

    public decimal Estimate => estimate;

    public Charge Charge => charge;

    /// <summary>Replaces the reservation by the cost of the request.</summary>
    /// <param name="cost">The cost; null if it is not known. Then the reserved amount is used.</param>
    public void Settle(Charge? cost) => budget.Settle(this, (cost ?? charge).Amount);
}
