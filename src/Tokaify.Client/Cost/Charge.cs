namespace Tokaify;

/// <summary>What requests cost, in one currency.</summary>
/// <param name="Amount">The amount.</param>
/// <param name="Currency">The currency, as ISO 4217 writes it.</param>
/// <param name="IsListPrice">Whether it is reckoned by list prices.</param>
public readonly record struct Charge(decimal Amount, string Currency, bool IsListPrice)
{
    /// <summary>As <c>0.039 USD</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Amount} {Currency}");

    /// <summary>Adds up what requests of one model cost.</summary>
    /// <returns>Null where the cost of none is known.</returns>
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
