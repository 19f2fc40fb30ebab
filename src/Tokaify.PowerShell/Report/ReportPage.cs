using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Writes a report to a file, entry by entry. Entries are not kept in memory.</summary>
internal sealed class ReportPage : IDisposable
{
    // The totals are above the entries. Space for them is reserved, and filled when they are known.
    private const int TotalsLength = 16 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly WholeFile _file;
    private readonly StreamWriter _writer;
    private readonly HtmlWriter _html;
    private readonly PageTemplate _template;
    private readonly ImageEmbedder _embedder;
    private readonly ImageCheck _check;
    private readonly ReportCard _card;
    private readonly ReportTotals _totals = new();
    private readonly long _totalsPosition;

    private ReportPage(WholeFile file, string title, long embedLimit, ModelCatalog catalog)
    {
        _file = file;
        _template = PageTemplate.Load(title);
        _embedder = new ImageEmbedder(embedLimit);
        _writer = new StreamWriter(file.Stream, s_utf8, bufferSize: 32 * 1024, leaveOpen: true);
        _html = new HtmlWriter(_writer);
        var folder = System.IO.Path.GetDirectoryName(file.Path)!;
        _check = new ImageCheck(folder, catalog);
        _card = new ReportCard(_html, folder, _embedder);

        _writer.Write(_template.Start);
        _writer.Flush();
        _totalsPosition = file.Stream.Position;
        _writer.Write(new string(' ', TotalsLength));
        _writer.Write(_template.Middle);
    }

    /// <summary>The number of images that were linked instead of embedded.</summary>
    public int LeftOut => _embedder.LeftOut;

    /// <summary>The number of entries.</summary>
    public int Count => _totals.Count;

    /// <summary>Begins a page.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="title">Its title.</param>
    /// <param name="embedLimit">The maximum number of bytes of embedded images; 0 to link all images.</param>
    /// <param name="catalog">The models.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public static ReportPage Create(string path, string title, long embedLimit, ModelCatalog catalog)
    {
        var file = WholeFile.Create(path);
        ReportPage? page = null;
        try
        {
            file.Write(() => page = new ReportPage(file, title, embedLimit, catalog));
            return page!;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes an entry.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Add(ReportEntry entry) => _file.Write(() =>
    {
        var complete = _check.Complete(entry);
        _totals.Add(complete);
        _card.Write(complete, _totals.Count);
    });

    /// <summary>Finishes the page, and renames the temporary file to its name.</summary>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Keep(bool overwrite)
    {
        _file.Write(() =>
        {
            _writer.Write(_template.End);
            _writer.Flush();
            WriteTotals();
        });
        _file.Keep(overwrite);
    }

    /// <summary>Removes a page that was not kept.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteTotals()
    {
        using var text = new StringWriter();
        _totals.Write(new HtmlWriter(text), DateTimeOffset.Now);
        var bytes = s_utf8.GetBytes(text.ToString());
        _file.Stream.Position = _totalsPosition;
        _file.Stream.Write(bytes, 0, Math.Min(bytes.Length, TotalsLength));
    }
}
