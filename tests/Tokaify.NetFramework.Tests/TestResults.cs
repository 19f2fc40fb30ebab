using System.Globalization;
using System.Xml.Linq;

namespace Tokaify.Tests;

/// <summary>The result of each test: failures are printed at once, and all results are saved in Visual Studio's format (TRX).</summary>
internal sealed class TestResults
{
    private static readonly XNamespace s_trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    private readonly List<XElement> _results = [];
    private int _passed;
    private int _skipped;

    public int Failed { get; private set; }

    public void Pass(string name, decimal seconds)
    {
        lock (_results)
        {
            _passed++;
            Add(name, "Passed", ("duration", $"{TimeSpan.FromSeconds((double)seconds)}"));
        }
    }

    public void Skip(string name, string reason)
    {
        lock (_results)
        {
            _skipped++;
            Add(name, "NotExecuted", ("reason", reason));
        }
    }

    public void Fail(string name, string text)
    {
        lock (_results)
        {
            Failed++;
            Add(name, "Failed", ("message", text));
            Console.WriteLine($"FAILED {name}\n{text}\n");
        }
    }

    public void Save(string path)
    {
        lock (_results)
        {
            var counters = new XElement(
                s_trx + "Counters",
                new XAttribute("total", _passed + Failed + _skipped),
                new XAttribute("passed", _passed),
                new XAttribute("failed", Failed));
            new XDocument(new XElement(
                s_trx + "TestRun",
                new XElement(s_trx + "Results", _results),
                new XElement(s_trx + "ResultSummary", counters))).Save(path);
        }

        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} passed, {1} failed, {2} skipped", _passed, Failed, _skipped));
    }

    private void Add(string name, string outcome, (string Name, string Value) more) => _results.Add(new XElement(
        s_trx + "UnitTestResult",
        new XAttribute("testName", Writable(name)),
        new XAttribute("outcome", outcome),
        new XAttribute(more.Name, Writable(more.Value))));

    // Rows are named by their data, and XML does not allow every character.
    private static string Writable(string text) => string.Concat(text.Select(letter =>
        System.Xml.XmlConvert.IsXmlChar(letter) ? letter.ToString() : $"\\u{(int)letter:x4}"));
}
