using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Counts the entries of a report.</summary>
internal sealed class ReportTotals
{
    private readonly Dictionary<ReportOutcome, int> _outcomes = [];
    private readonly HashSet<string> _models = new(StringComparer.OrdinalIgnoreCase);
    private long _images;
    private int _mismatches;
    private readonly CostTotal _cost = new();
    private readonly SharedFacts _shared = new();
    private long _tokens;
    private TimeSpan _duration;

    /// <summary>The number of entries.</summary>
    public int Count => _outcomes.Values.Sum();

    /// <summary>Counts an entry.</summary>
    public void Add(ReportEntry entry)
    {
        _outcomes[entry.Outcome] = Of(entry.Outcome) + 1;
        _shared.Add(entry);
        _images += entry.Outcome == ReportOutcome.Saved ? entry.Images.Count : 0;
        _mismatches += entry.MatchesRequest == false ? 1 : 0;
        _tokens += entry.Tokens ?? 0;
        if (entry.Cost is not null)
        {
            _cost.Add(entry.Cost, entry.Currency, entry.CostIsListPrice);
        }

        _duration += entry.Duration ?? TimeSpan.Zero;
        if (entry.Model is not null && _models.Count < 100)
        {
            _models.Add(entry.Model);
        }
    }

    /// <summary>Writes the totals, and the filter of outcomes with the number of each.</summary>
    public void Write(HtmlWriter html, DateTimeOffset time)
    {
        html.Write($"""<section aria-label="Totals"><dl class="totals">""");
        WriteTotal(html, "Pictures saved", Grouped(_images));
        if (_mismatches > 0)
        {
            WriteTotal(html, "Not as requested", Grouped(_mismatches));
        }

        WriteTotal(html, "Tokens", Grouped(_tokens));
        if (_cost.Text is { } cost)
        {
            WriteTotal(html, _cost.HasListPrices ? "Cost at list prices" : "Cost", cost);
        }

        WriteTotal(html, "Time of all requests", Spoken(_duration));
        WriteTotal(html, "Models", Grouped(_models.Count));
        html.Write($"""<div><dt>Made</dt><dd><time datetime="{time:yyyy-MM-dd'T'HH:mm:sszzz}">{time:d MMMM yyyy, HH:mm}</time></dd></div></dl></section>""");
        _shared.Write(html);
        html.Write($"""<form class="filter" id="filter" role="search"><fieldset><legend class="unseen">Outcome</legend>""");
        WriteChoice(html, "", "All", Count, isChecked: true);
        foreach (var outcome in new[] { ReportOutcome.Saved, ReportOutcome.Skipped, ReportOutcome.Failed })
        {
            WriteChoice(html, outcome.ToString().ToLowerInvariant(), outcome.ToString(), Of(outcome), isChecked: false);
        }

        if (_mismatches > 0)
        {
            WriteChoice(html, "mismatch", "Not as requested", _mismatches, isChecked: false);
        }

        html.Write($"</fieldset>");
    }

    /// <summary>The cost of an edit; null if no price is known.</summary>
    public static string? CostOf(ReportEntry entry)
    {
        var cost = new CostTotal();
        cost.Add(entry.Cost, entry.Currency, entry.CostIsListPrice);
        return cost.Text is { } text ? text + (cost.HasListPrices ? " (list price)" : "") : null;
    }

    /// <summary>A readable time span.</summary>
    public static string Spoken(TimeSpan span) => span switch
    {
        { TotalHours: >= 1 } => string.Format(CultureInfo.InvariantCulture, "{0} h {1} min", (long)span.TotalHours, span.Minutes),
        { TotalMinutes: >= 1 } => string.Format(CultureInfo.InvariantCulture, "{0} min {1} s", span.Minutes, span.Seconds),
        _ => string.Format(CultureInfo.InvariantCulture, "{0:0.0} s", span.TotalSeconds),
    };

    /// <summary>A number with thousands separators.</summary>
    public static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private int Of(ReportOutcome outcome) => _outcomes.TryGetValue(outcome, out var count) ? count : 0;

    private static void WriteTotal(HtmlWriter html, string name, string value) =>
        html.Write($"<div><dt>{name}</dt><dd>{value}</dd></div>");

    private static void WriteChoice(HtmlWriter html, string value, string label, int count, bool isChecked)
    {
        html.Write($"""<label><input type="radio" name="outcome" value="{value}"{(isChecked ? " checked" : "")}>""");
        html.Write($"<span>{label} <b>{Grouped(count)}</b></span></label>");
    }
}
