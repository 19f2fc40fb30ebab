using System.Text;

namespace Tokaify.PowerShell;

/// <summary>The page without its contents: markup, style and script, one file each in this folder.</summary>
/// <remarks>The page may run that one script and use that one style, which its policy knows by their digests (Content
/// Security Policy 3), may show images, and may ask nothing of any network.</remarks>
internal sealed class PageTemplate
{
    private const string TotalsMark = "<!--totals-->";
    private const string EditsMark = "<!--edits-->";

    private PageTemplate(string[] parts) => (Start, Middle, End) = (parts[0], parts[1], parts[2]);

    /// <summary>Up to the totals.</summary>
    public string Start { get; }

    /// <summary>Between the totals and the edits.</summary>
    public string Middle { get; }

    /// <summary>After the edits.</summary>
    public string End { get; }

    /// <summary>Puts the page together.</summary>
    public static PageTemplate Load(string title)
    {
        var style = Read("report.css");
        var script = Read("report.js") + Read("marks.js");
        var policy = $"default-src 'none'; img-src 'self' file: data:; style-src 'sha256-{Digest.Of(style)}'; script-src 'sha256-{Digest.Of(script)}'; "
            + "base-uri 'none'; form-action 'none'";
        // The title last: text in it must not be taken for a placeholder.
        var page = Read("report.html")
            .Replace("{{policy}}", policy)
            .Replace("{{style}}", style)
            .Replace("{{script}}", script)
            .Replace("{{title}}", HtmlWriter.Encode(title));
        var totals = page.IndexOf(TotalsMark, StringComparison.Ordinal);
        var edits = page.LastIndexOf(EditsMark, StringComparison.Ordinal);
        return new PageTemplate(
        [
            page.Substring(0, totals),
            page.Substring(totals + TotalsMark.Length, edits - totals - TotalsMark.Length),
            page.Substring(edits + EditsMark.Length),
        ]);
    }

    // A browser takes every line break for a line feed before it takes the digest.
    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PageTemplate).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
