using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Finds facts that are equal for all entries of a report. The page shows them once, at its top.</summary>
/// <remarks>One value is kept for each fact, independent of the number of entries. The cards are written before and contain the facts as
/// well; the page's style hides them there.</remarks>
internal sealed class SharedFacts
{
    // The reserved space is limited. A longer prompt is shown on the cards.
    private const int LongestHtml = 3000;

    private readonly Fact[] _facts =
    [
        new("Prompt", entry => entry.Prompt),
        new("Model", entry => entry.Model),
        new("Ratio", entry => entry.AspectRatio),
        new("Size", ReportCard.SizeOf),
    ];

    /// <summary>Adds an entry.</summary>
    public void Add(ReportEntry entry)
    {
        foreach (var fact in _facts)
        {
            fact.Add(entry);
        }
    }

    /// <summary>Writes the facts that are equal for all entries, if there are any.</summary>
    public void Write(HtmlWriter html)
    {
        var shared = _facts.Where(fact => fact.IsShared && Encoding.UTF8.GetByteCount(HtmlWriter.Encode(fact.Value)) <= LongestHtml).ToList();
        if (shared.Count == 0)
        {
            return;
        }

        html.Write($"""<section aria-label="The same for all edits"><dl class="shared" data-shared="{string.Join(" ", shared.Select(fact => fact.Name.ToLowerInvariant()))}">""");
        foreach (var fact in shared)
        {
            html.Write($"""<div><dt>{fact.Name}</dt><dd dir="auto">{fact.Value}</dd></div>""");
        }

        html.Write($"</dl></section>");
    }

    /// <summary>The class of a fact's element on a card.</summary>
    public static string ClassOf(string name) => "fact-" + name.ToLowerInvariant();

    private sealed class Fact(string name, Func<ReportEntry, string?> read)
    {
        private int _count;
        private bool _differs;

        public string Name { get; } = name;

        public string? Value { get; private set; }

        // If there is only one entry, its card shows the facts.
        public bool IsShared => !_differs && _count > 1;

        public void Add(ReportEntry entry)
        {
            var value = read(entry);
            if (value is null)
            {
                // A failed edit may have no value.
                _differs |= entry.Outcome != ReportOutcome.Failed;
                return;
            }

            Value ??= value;
            _differs |= !string.Equals(value, Value, StringComparison.Ordinal);
            _count++;
        }
    }
}
