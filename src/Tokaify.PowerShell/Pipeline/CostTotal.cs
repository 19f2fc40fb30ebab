using System.Globalization;

namespace Tokaify;

/// <summary>The cost of many requests, by currency. Amounts of different currencies are not added.</summary>
internal sealed class CostTotal
{
    private readonly SortedDictionary<string, decimal> _amounts = new(StringComparer.Ordinal);

    /// <summary>The amounts by currency; empty if no price is known.</summary>
    public IReadOnlyDictionary<string, decimal> Amounts => _amounts;

    /// <summary>The number of edits or requests whose price is not known.</summary>
    public int Unpriced { get; private set; }

    /// <summary>Whether any of the amounts is calculated with list prices.</summary>
    public bool HasListPrices { get; private set; }

    /// <summary>Adds the cost of an edit.</summary>
    /// <param name="amount">The amount; null if the price is not known.</param>
    /// <param name="currency">Its currency.</param>
    /// <param name="isListPrice">Whether it is calculated with list prices.</param>
    public void Add(decimal? amount, string? currency, bool isListPrice)
    {
        if (amount is not { } known || currency is null)
        {
            Unpriced++;
            return;
        }

        _amounts[currency] = known + (_amounts.TryGetValue(currency, out var sum) ? sum : 0);
        HasListPrices |= isListPrice;
    }

    /// <summary>The amounts: <c>1.23 USD + 0.40 EUR</c>; null if there are none.</summary>
    public string? Text => Join(_amounts);

    /// <summary>An amount as text, with two to four decimals.</summary>
    public static string AmountText(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    /// <summary>Amounts as text; null if there are none.</summary>
    public static string? Join(IReadOnlyDictionary<string, decimal> amounts) => amounts.Count == 0
        ? null
        : string.Join(" + ", amounts.Select(amount => $"{AmountText(amount.Value)} {amount.Key}"));
}
