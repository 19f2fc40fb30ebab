using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>The figures of the progress bar of a batch: its counts in a line, its percentage, the remaining time.</summary>
/// <param name="tally">The counts of the batch so far.</param>
internal sealed class ProgressStatus(BatchTally tally)
{
    private int? _total;
    private int _worked;
    private TimeSpan? _finish;

    /// <summary>The percentage of requests that have ended; null while the total is not known.</summary>
    public int? PercentComplete => _total is > 0 and var total ? Math.Min(100, (int)(100L * tally.Ended / total)) : null;

    /// <summary>The remaining seconds; null while they are not known.</summary>
    public int? SecondsRemaining =>
        _finish is { } finish ? (int)Math.Ceiling(Math.Max(0, (finish - tally.Elapsed).TotalSeconds)) : null;

    /// <summary>Sets the total number of requests. From now on, there is a remaining time.</summary>
    public void Expect(int total) => _total = total;

    /// <summary>Estimates the end, only when an edit has ended: otherwise the remaining time would grow during a wait.</summary>
    public void EstimateFinish()
    {
        if (_total is not { } total || tally.Worked == 0 || _worked == tally.Worked)
        {
            return;
        }

        _worked = tally.Worked;
        var elapsed = tally.Elapsed;
        var left = Math.Max(0, total - tally.Ended);
        _finish = elapsed + TimeSpan.FromSeconds(elapsed.TotalSeconds / _worked * left);
    }

    /// <summary>The line. The most important figures come first: a terminal of 80 columns shows about 60 characters.</summary>
    /// <param name="inFlight">The number of requests in flight.</param>
    public string Text(int inFlight)
    {
        var saved = _total is { } total ? $"{tally.Saved}/{total}" : $"{tally.Saved}";
        var parts = new List<string> { $"{saved} saved", $"{inFlight} in flight" };
        AddIfAny(parts, tally.Failed, "failed");
        AddIfAny(parts, tally.Skipped, "skipped");
        AddIfAny(parts, tally.Refused, "refused before");
        if (tally.Saved > 0)
        {
            parts.Add(string.Format(CultureInfo.InvariantCulture, "{0:0.#}/min", tally.PicturesPerMinute));
        }

        parts.Add(BatchSummary.TimeText(tally.Elapsed));
        AddCost(parts);

        if (tally.Tokens > 0)
        {
            parts.Add($"{Short(tally.Tokens)} tokens");
        }

        return string.Join(", ", parts);
    }

    // With a limit, shows the amount that counts against it, including earlier cost and failed requests.
    private void AddCost(List<string> parts)
    {
        var cost = tally.Budget is { Currency: { } currency } budget
            ? $"{CostTotal.AmountText(budget.Spent)} of {CostTotal.AmountText(budget.Limit)} {currency}"
            : tally.Cost.Text;
        if (cost is not null)
        {
            parts.Add(tally.Cost.HasListPrices ? $"{cost} (list)" : cost);
        }
    }

    private static void AddIfAny(List<string> parts, int number, string what)
    {
        if (number > 0)
        {
            parts.Add($"{number} {what}");
        }
    }

    private static string Short(long number) => number switch
    {
        < 10_000 => number.ToString(CultureInfo.InvariantCulture),
        < 10_000_000 => (number / 1000).ToString(CultureInfo.InvariantCulture) + "k",
        _ => (number / 1_000_000).ToString(CultureInfo.InvariantCulture) + "M",
    };
}
