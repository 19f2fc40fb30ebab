using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tokaify.Tests;

/// <summary>All tests of this assembly, run in this process.</summary>
internal sealed class TestRun(string resultsPath, string nameStart) : IMessageSink
{
    private const string NamespacePrefix = "Tokaify.Tests.";

    // Tests take far less than this unless one hangs.
    // The exit code of Mono if a test hangs. The build repeats a run that ends with more than 128 once.
    private const int Hanging = 192;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(90);

    private readonly SkipList _skips = new();
    private readonly TestResults _results = new();
    private readonly List<ITestCase> _cases = [];
    private readonly ConcurrentDictionary<string, DateTime> _running = new();
    private readonly ManualResetEvent _discovered = new(initialState: false);
    private readonly ManualResetEvent _finished = new(initialState: false);

    /// <returns>The exit code.</returns>
    public int Execute()
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var framework = new XunitTestFramework(this);
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, this, new Options());
        _discovered.WaitOne();

        using var executor = framework.GetExecutor(assembly.GetName());
        var chosen = _cases.Where(IsChosen).ToList();
        executor.RunTests(chosen, this, new Options());
        WaitForEnd();
        if (nameStart.Length == 0)
        {
            Console.WriteLine("Skipped by the list in the project of these tests:");
            foreach (var line in _skips.Lines)
            {
                Console.WriteLine(line);
            }

            foreach (var name in _skips.Unused)
            {
                _results.Fail(name, "This entry of the list of skipped tests skips nothing.");
            }
        }

        _results.Save(resultsPath);
        return _results.Failed == 0 ? 0 : 1;
    }

    bool IMessageSink.OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                _cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                _discovered.Set();
                break;
            case ITestStarting starting:
                _running[starting.Test.DisplayName] = DateTime.UtcNow;
                break;
            case ITestPassed passed:
                _results.Pass(passed.Test.DisplayName, passed.ExecutionTime);
                break;
            case ITestSkipped skipped:
                _results.Skip(skipped.Test.DisplayName, skipped.Reason);
                _skips.Note(skipped.Reason);
                break;
            case ITestFailed failed:
                _results.Fail(failed.Test.DisplayName, Text(failed));
                break;
            case ITestFinished finished:
                _running.TryRemove(finished.Test.DisplayName, out _);
                break;
            case ITestAssemblyFinished:
                _finished.Set();
                break;
            case IFailureInformation broken:
                _results.Fail(broken.GetType().Name, Text(broken));
                break;
        }

        return true;
    }

    private bool IsChosen(ITestCase test)
    {
        var name = Short(test.DisplayName);
        if (!name.StartsWith(nameStart, StringComparison.Ordinal))
        {
            return false;
        }

        var reason = _skips.ReasonFor(name);
        if (reason is not null)
        {
            _results.Skip(name, reason);
        }

        return reason is null;
    }

    // A test that hangs is reported as a failure with its name, and does not block the run.
    private void WaitForEnd()
    {
        while (!_finished.WaitOne(TimeSpan.FromSeconds(1)))
        {
            var hanging = _running.Where(test => DateTime.UtcNow - test.Value > s_timeout).Select(test => test.Key).ToList();
            foreach (var name in hanging)
            {
                _results.Fail(name, $"It did not end within {s_timeout.TotalSeconds} seconds.");
            }

            if (hanging.Count > 0)
            {
                _results.Save(resultsPath);
                // The timers of Mono sometimes stop.
                Environment.Exit(Type.GetType("Mono.Runtime") is null ? 1 : Hanging);
            }
        }
    }

    private static string Short(string name) => name.StartsWith(NamespacePrefix, StringComparison.Ordinal) ? name[NamespacePrefix.Length..] : name;

    private static string Text(IFailureInformation failure) =>
        $"{ExceptionUtility.CombineMessages(failure)}\n{ExceptionUtility.CombineStackTraces(failure)}";
}
