using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Finds out what all entries of a report have in common: the page then says it once, at its top.</summary>
/// <remarks>Of each fact one value is kept, whatever number of entries there is. The cards are written by then, and hold it too: the page's
/// style hides it there.</remarks>
internal sealed class SharedFacts
{
    // There is only so much room for it; a longer prompt stays on the cards.
    private const int LongestHtml = 3000;

    private readonly Fact[] _facts =
    [
        new("Prompt", entry => entry.Prompt),
        new("Model", entry => entry.Model),
        new("Ratio", entry => entry.AspectRatio),
        new("Size", ReportCard.SizeOf),
    ];

    /// <summary>Takes an entry.</summary>
    public void Add(ReportEntry entry)
    {
        foreach (var fact in _facts)
        {
            fact.Add(entry);
        }
    }

    /// <summary>Writes what is common to all; nothing where nothing is.</summary>
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

        // One card shows it as well as the top does.
        public bool IsShared => !_differs && _count > 1;

        public void Add(ReportEntry entry)
        {
            var value = read(entry);
            if (value is null)
            {
                // A failed edit may not have one.
                _differs |= entry.Outcome != ReportOutcome.Failed;
                return;
            }

            Value ??= value;
            _differs |= !string.Equals(value, Value, StringComparison.Ordinal);
            _count++;
        }
    }
}
