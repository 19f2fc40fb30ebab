namespace Tokaify;

/// <summary>The cost of requests, in one currency.</summary>
/// <param name="Amount">The amount.</param>
/// <param name="Currency">The currency, as ISO 4217 writes it.</param>
/// <param name="IsListPrice">Whether it is computed from list prices.</param>
public readonly record struct Charge(decimal Amount, string Currency, bool IsListPrice)
{
    /// <summary>The amount and the currency, such as <c>0.039 USD</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Amount} {Currency}");

    /// <summary>Adds the costs of requests of one model.</summary>
    /// <returns>Null if no request has a known cost.</returns>
    internal static Charge? Sum(IEnumerable<SentRequest> requests)
    {
        Charge? sum = null;
        foreach (var request in requests)
        {
            if (request.Charge is { } charge)
            {
                sum = charge with { Amount = charge.Amount + (sum?.Amount ?? 0) };
            }
        }

        return sum;
    }
}
