namespace Tokaify.PowerShell;

/// <summary>Writes the card of one request.</summary>
/// <param name="html">The page.</param>
/// <param name="folder">The full path of the page's folder.</param>
/// <param name="embedder">Embeds images that are not linked.</param>
internal sealed class ReportCard(HtmlWriter html, string folder, ImageEmbedder embedder)
{
    private static readonly string[] s_marks = ["Keep", "Again", "Drop"];

    // The embedded images of the current card.
    private readonly HashSet<DisplayedImage> _embedded = [];

    /// <summary>Writes an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="number">Its number on the page, from 1.</param>
    public void Write(ReportEntry entry, int number)
    {
        var before = entry.SourcePath is null ? null : Inspect(entry, entry.SourcePath);
        var after = entry.Images.Select(image => Inspect(entry, image.Path)).ToList();
        var name = NameOf(entry, before, after);
        // For the first variation, it is not known yet whether there are others. The page's script adds the text for it.
        var variation = entry.Index > 1 ? $"variation {entry.Index}" : null;
        var outcome = entry.Outcome.ToString();
        _embedded.Clear();

        html.Write($"""<article class="card" data-outcome="{outcome.ToLowerInvariant()}"{(entry.MatchesRequest == false ? " data-mismatch" : "")} data-request="{RequestOf(entry)}" data-index="{entry.Index}" data-edit="{EditOf(entry)}" aria-labelledby="edit-{number}" """);
        WriteRow(entry);
        html.Write($">");
        WriteStage(variation is null ? name : $"{name}, {variation}", before, after);
        html.Write($"""<div class="body"><div class="head"><h2 id="edit-{number}"><span class="name" dir="auto">{name}</span>""");
        if (variation is not null)
        {
            html.Write($""" <span class="variation">{variation}</span>""");
        }

        html.Write($"""</h2><span class="outcome">{outcome}</span></div>""");
        WriteWords(entry);
        WriteFacts(entry, before, after);
        WriteMarks(variation is null ? name : $"{name}, {variation}");
        html.Write($"</div></article>\n");
    }

    // Writes the data for the table that the page's script creates from marked edits. Files are named by the page's links.
    private void WriteRow(ReportEntry entry)
    {
        var saved = entry.Images.Count > 0 ? entry.Images[0].Path : null;
        var files = new[] { entry.SourcePath, saved }.Concat(entry.Row?.Files ?? []).OfType<string>();
        if (files.Any(path => !entry.MayOpen(path, folder)))
        {
            return;
        }

        var row = RequestRow.ToJson(entry.Row, entry.SourcePath, saved, path => FileUrl.Of(path, folder));
        html.Write($"""data-row="{row}"{(embedder.IsOn ? " data-embedded" : "")}""");
        if (entry.Row is { CommandLine.Count: > 0 } request)
        {
            html.Write($""" data-options="{string.Join(" ", request.CommandLine)}" """);
        }
    }

    private void WriteMarks(string name)
    {
        html.Write($"""<div class="marks scripted" role="group" aria-label="Mark {name}">""");
        foreach (var mark in s_marks)
        {
            var value = mark.ToLowerInvariant();
            html.Write($"""<button type="button" data-mark="{value}" aria-pressed="false" aria-keyshortcuts="{mark[0]}" title="{mark} ({mark[0]})">{mark}</button>""");
        }

        html.Write($"</div>");
    }

    private DisplayedImage Inspect(ReportEntry entry, string path) =>
        entry.MayOpen(path, folder)
            ? DisplayedImage.Inspect(path)
            : DisplayedImage.OfForeignShare(path);

    private void WriteStage(string name, DisplayedImage? before, List<DisplayedImage> after)
    {
        var shown = after.Where(displayed => displayed.Flaw is null).ToList();
        var isCompared = before?.Flaw is null && before is not null && shown.Count > 0;
        html.Write($"""<div class="stage {StageOf(before, after)}{(isCompared ? " compared" : "")}">""");
        if (before is null && after.Count == 0)
        {
            html.Write($"""<p class="plain">No picture.</p>""");
        }

        if (before is not null)
        {
            WriteImage(before, "Before", isHidden: false);
        }

        foreach (var displayed in shown.Count > 0 ? shown : after.Take(1))
        {
            WriteImage(displayed, "After", isHidden: shown.Count > 0 && !ReferenceEquals(displayed, shown[0]));
        }

        if (isCompared)
        {
            html.Write($"""<input class="slider" type="range" min="0" max="100" value="50" aria-label="Before and after: {name}"><span class="grip" aria-hidden="true"></span>""");
        }

        html.Write($"""<button class="enlarge" type="button" aria-label="Enlarge {name}"></button></div>""");
        if (shown.Count > 1)
        {
            WriteChooser(name, shown.Count);
        }
    }

    private static string StageOf(DisplayedImage? before, List<DisplayedImage> after) =>
        before is not null && after.Count > 0 ? "pair" : "single";

    private void WriteImage(DisplayedImage displayed, string role, bool isHidden)
    {
        html.Write($"""<figure class="{role.ToLowerInvariant()}"{(isHidden ? " hidden" : "")}>""");
        if (displayed.Flaw is null)
        {
            html.Write($"<img src=\"");
            if (embedder.TryWrite(html, displayed))
            {
                _ = _embedded.Add(displayed);
            }
            else
            {
                html.Write($"{FileUrl.Of(displayed.Path, folder)}");
            }

            html.Write($"\" alt=\"{role}: {displayed.Name}\" loading=\"lazy\" decoding=\"async\" draggable=\"false\">");
        }
        else
        {
            html.Write($"""<p class="plain"><b dir="auto">{displayed.Name}</b> {displayed.Flaw}</p>""");
        }

        html.Write($"<figcaption>{role}</figcaption></figure>");
    }

    private void WriteChooser(string name, int count)
    {
        html.Write($"""<div class="chooser" role="group" aria-label="Pictures of {name}">""");
        for (var number = 1; number <= count; number++)
        {
            html.Write($"""<button type="button" aria-pressed="{(number == 1 ? "true" : "false")}" aria-label="Picture {number} of {count}">{number}</button>""");
        }

        html.Write($"</div>");
    }

    private void WriteWords(ReportEntry entry)
    {
        if (entry.ErrorMessage is not null || entry.Outcome == ReportOutcome.Failed)
        {
            html.Write($"""<p class="error" dir="auto">{entry.ErrorMessage ?? "It failed for an unknown reason."}</p>""");
        }

        if (entry.Prompt is not null)
        {
            html.Write($"""<p class="prompt" dir="auto"><span class="unseen">Prompt: </span>{entry.Prompt}</p>""");
        }

        if (entry.Text is not null)
        {
            html.Write($"""<p class="answer" dir="auto"><span class="unseen">Answer: </span>{entry.Text}</p>""");
        }

        if (entry.MatchesRequest == false)
        {
            var asked = string.Join(", ", new[] { entry.AspectRatio, entry.ImageSize }.OfType<string>());
            html.Write($"""<p class="mismatch">Not as requested: {string.Join(", ", entry.Images.Select(SizeOf).OfType<string>().Distinct())} for {asked}.</p>""");
        }

        WriteLinks("Sources", entry.Sources);
        WriteLinks("Searches", entry.Searches);
    }

    // The linked sites get neither a referrer nor access to the page.
    private void WriteLinks(string role, IReadOnlyList<ReportLink> links)
    {
        if (links.Count == 0)
        {
            return;
        }

        html.Write($"""<div class="links"><h3>{role}</h3><ul>""");
        foreach (var link in links)
        {
            html.Write(link.Address is null
                ? (FormattableString)$"""<li dir="auto">{link.Text}</li>"""
                : $"""<li dir="auto"><a href="{link.Address}" target="_blank" rel="noopener noreferrer">{link.Text}</a></li>""");
        }

        html.Write($"</ul></div>");
    }

    private void WriteFacts(ReportEntry entry, DisplayedImage? before, List<DisplayedImage> after)
    {
        html.Write($"""<dl class="facts">""");
        WriteFiles("Source", before is null ? [] : [before]);
        WriteFiles("Result", after);
        WriteFact("Error", entry.ErrorId);
        // A refused request may have the status of a success.
        WriteFact("Status", entry.StatusCode is >= 400 and var status ? $"{status}" : null);
        WriteFact("Model", entry.Model);
        WriteFact("Ratio", entry.AspectRatio);
        WriteFact("Size", SizeOf(entry));
        WriteFact("Tokens", entry.Tokens is { } tokens ? ReportTotals.Grouped(tokens) : null);
        WriteFact("Cost", ReportTotals.CostOf(entry));
        WriteFact("Time", entry.Duration is { } duration ? ReportTotals.Spoken(duration) : null);
        WriteFact("Attempts", entry.Attempts > 1 ? ReportTotals.Grouped(entry.Attempts.Value) : null);
        WriteFact("Request", entry.Outcome == ReportOutcome.Failed ? entry.ServiceId : null);
        html.Write($"</dl>");
    }

    private void WriteFiles(string role, List<DisplayedImage> images)
    {
        if (images.Count == 0)
        {
            return;
        }

        html.Write($"<div class=\"{SharedFacts.ClassOf(role)}\"><dt>{role}</dt><dd>");
        foreach (var displayed in images)
        {
            if (_embedded.Contains(displayed))
            {
                // A page with embedded images may be read without access to the file.
                html.Write($"""<span dir="auto">{displayed.Name}</span> """);
            }
            else if (displayed.Absence is null)
            {
                html.Write($"""<a href="{FileUrl.Of(displayed.Path, folder)}" target="_blank" rel="noopener" dir="auto">{displayed.Name}</a> """);
            }
            else
            {
                html.Write($"""<span dir="auto">{displayed.Name} ({displayed.Absence})</span> """);
            }
        }

        html.Write($"</dd></div>");
    }

    private void WriteFact(string name, string? value)
    {
        if (value is not null)
        {
            html.Write($"""<div class="{SharedFacts.ClassOf(name)}"><dt>{name}</dt><dd dir="auto">{value}</dd></div>""");
        }
    }

    private static string NameOf(ReportEntry entry, DisplayedImage? before, List<DisplayedImage> after) =>
        before?.Name ?? after.FirstOrDefault()?.Name ?? entry.Subject ?? entry.Prompt ?? "Unnamed";

    // Equal for all variations of one request. A digest, because the page may be passed on and must not contain the path.
    private static string RequestOf(ReportEntry entry) =>
        Sha256.Base64OfText($"{entry.SourcePath}\0{entry.Prompt}").Substring(0, 16);

    // Equal on each page about the same edit, and different for another image of the same request.
    private static string EditOf(ReportEntry entry) =>
        Sha256.Base64OfText($"{entry.SourcePath}\0{entry.Prompt}\0{entry.Index}\0{string.Join("\0", entry.Images.Select(image => image.Path))}").Substring(0, 16);

    /// <summary>The size of an entry's first image in pixels; null if it is not known.</summary>
    public static string? SizeOf(ReportEntry entry) => entry.Images.Count > 0 ? SizeOf(entry.Images[0]) : null;

    private static string? SizeOf(ReportImage image) => image is { Width: > 0 and var width, Height: > 0 and var height }
        ? string.Format(System.Globalization.CultureInfo.InvariantCulture, "{0} \u00D7 {1}", width, height)
        : null;
}
