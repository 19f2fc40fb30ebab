using System.Text;

namespace Tokaify.PowerShell;

/// <summary>The page without its content: markup, style and scripts, from the files of this folder.</summary>
/// <remarks>The page's policy (Content Security Policy 3) allows only this script and this style, by their digests, and images. It allows
/// no network requests.</remarks>
internal sealed class PageTemplate
{
    private const string TotalsMark = "<!--totals-->";
    private const string EditsMark = "<!--edits-->";

    private PageTemplate(string[] parts) => (Start, Middle, End) = (parts[0], parts[1], parts[2]);

    /// <summary>The part before the totals.</summary>
    public string Start { get; }

    /// <summary>The part between the totals and the edits.</summary>
    public string Middle { get; }

    /// <summary>The part after the edits.</summary>
    public string End { get; }

    /// <summary>Loads the template.</summary>
    public static PageTemplate Load(string title)
    {
        var style = Read("report.css");
        var script = Read("report.js") + Read("marks.js");
        var policy = $"default-src 'none'; img-src 'self' file: data:; style-src 'sha256-{Sha256.Base64OfText(style)}'; script-src 'sha256-{Sha256.Base64OfText(script)}'; "
            + "base-uri 'none'; form-action 'none'";
        // The title is inserted last, so that text in it is not replaced as a placeholder.
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

    // A browser converts line breaks to line feeds before it computes the digest.
    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PageTemplate).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
