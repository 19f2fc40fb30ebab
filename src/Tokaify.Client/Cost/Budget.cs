using System.Globalization;

namespace Tokaify;

/// <summary>A limit for what requests may cost in all. What the next one is likely to cost is reserved before it is sent.</summary>
/// <remarks>It knows of the requests of one client, and of what it is told was spent before. Clients that run at once do not see each
/// other's spending.</remarks>
public sealed class Budget
{
    private readonly object _lock = new();

    // What requests turned out to cost where the estimate was too low, by model and estimate.
    private readonly Dictionary<(string Model, decimal Estimate), decimal> _raised = [];
    private decimal _spent;
    private decimal _reserved;

    /// <summary>Makes one of which nothing is spent.</summary>
    /// <param name="limit">The greatest cost, in the currency of the first request's price.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is below 0.</exception>
    public Budget(decimal limit) => Limit = limit >= 0
        ? limit
        : throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The budget is below 0.") { Advice = ErrorAdvice.RaiseBudget };

    /// <summary>The greatest cost.</summary>
    public decimal Limit { get; }

    /// <summary>The currency; null before the first request, if nothing was spent before.</summary>
    public string? Currency { get; private set; }

    /// <summary>What was spent before, as the journal has it.</summary>
    public decimal SpentBefore { get; private set; }

    /// <summary>What is spent, what was spent before included. Requests under way are not in it.</summary>
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

    /// <summary>Adds what was spent before.</summary>
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

    /// <summary>Makes sure that a request can be held against it.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: what it costs is not known, or in another
    /// currency.</exception>
    public void Check(ImageRequest request)
    {
        var estimate = request.EstimateCost() ?? throw Unknown(request.Model);
        SetCurrency(estimate.Currency, $"{request.Model} is paid");
    }

    /// <summary>Reserves what a request is likely to cost.</summary>
    /// <returns>Null if the limit would be passed: then it must not be sent.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> as of <see cref="Check"/>.</exception>
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

    /// <summary>A request has come to its end.</summary>
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

    /// <summary>The error where the limit would be passed.</summary>
    internal TokaifyException Reached() => new(
        TokaifyErrorId.BudgetReached, $"Another request would pass the budget of {Text(Limit)}.");

    /// <summary>What is spent, for people.</summary>
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
                    + "currency in your own catalogue (TOKAIFY_MODEL_CATALOG).")
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
        $"A budget needs to know what an image of {model} costs, and the catalogue has no price of one for it. Set its price in your own "
        + "catalogue, which TOKAIFY_MODEL_CATALOG names: {\"models\":[{\"name\":\"" + model + "\",\"price\":{\"currency\":\"USD\",\"perImage\":0.04}}]}.")
    {
        Advice = ErrorAdvice.LeaveBudgetOut,
    };
}

/// <summary>A part of a budget, reserved for a request.</summary>
/// <param name="budget">The budget.</param>
/// <param name="model">The request's model.</param>
/// <param name="estimate">What the catalogue says that it costs.</param>
/// <param name="charge">What is reserved: more than the estimate where that turned out too low.</param>
internal sealed class Reservation(Budget budget, string model, decimal estimate, Charge charge)
{
    public string Model => model;

    public decimal Estimate => estimate;

    public Charge Charge => charge;

    /// <summary>The request has come to its end.</summary>
    /// <param name="cost">What it cost; null where that is not known: then it is what was reserved.</param>
    public void Settle(Charge? cost) => budget.Settle(this, (cost ?? charge).Amount);
}
