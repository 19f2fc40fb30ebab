using System.Text;

namespace Tokaify.PowerShell;

/// <summary>A report on its way to a file: entry by entry, none of which it keeps.</summary>
internal sealed class ReportPage : IDisposable
{
    // The totals stand above what they are the totals of: their place is kept free, and filled when they are known.
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

    private ReportPage(WholeFile file, string title, long embedLimit)
    {
        _file = file;
        _template = PageTemplate.Load(title);
        _embedder = new ImageEmbedder(embedLimit);
        _writer = new StreamWriter(file.Stream, s_utf8, bufferSize: 32 * 1024, leaveOpen: true);
        _html = new HtmlWriter(_writer);
        var folder = System.IO.Path.GetDirectoryName(file.Path)!;
        _check = new ImageCheck(folder);
        _card = new ReportCard(_html, folder, _embedder);

        _writer.Write(_template.Start);
        _writer.Flush();
        _totalsPosition = file.Stream.Position;
        _writer.Write(new string(' ', TotalsLength));
        _writer.Write(_template.Middle);
    }

    /// <summary>The number of images that were linked where they should have been embedded.</summary>
    public int LeftOut => _embedder.LeftOut;

    /// <summary>The number of entries.</summary>
    public int Count => _totals.Count;

    /// <summary>Begins a page.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="title">Its title.</param>
    /// <param name="embedLimit">The bytes of images that it may hold; 0 to link them all.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public static ReportPage Create(string path, string title, long embedLimit)
    {
        var file = WholeFile.Create(path);
        ReportPage? page = null;
        try
        {
            file.Write(() => page = new ReportPage(file, title, embedLimit));
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

    /// <summary>Ends the page and gives it its name.</summary>
    /// <param name="overwrite">Whether a file that has the name is replaced.</param>
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
