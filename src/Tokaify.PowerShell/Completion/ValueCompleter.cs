using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes numbers, addresses and texts with the default and a few usual values. Any other typed text is kept.</summary>
public sealed class ValueCompleter : IArgumentCompleter
{
    private const string Default = "the default";

    private static readonly Dictionary<string, (string Value, string ToolTip)[]> s_values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Prompt"] =
        [
            ("'Make the background plain white.'", "the prompt: what to make, or what to change in the picture, in your own words"),
            ("'Make it a watercolour.'", "the prompt: what to make, or what to change in the picture, in your own words"),
        ],
        ["SystemInstruction"] = [("'Keep faces as they are.'", "a rule that applies to every prompt, in your own words")],
        ["Title"] = [("'Image edits'", Default)],
        ["BaseUri"] = [("https://", "the address of the relay"), ("http://127.0.0.1:", "a relay on this machine, and its port")],
        ["Proxy"] = [("http://", "the address of the proxy, with its port")],
        ["AdditionalProperty"] = [("@{ generationConfig = @{ } }", "more of the request, as the API takes it")],
        ["Count"] = Numbers("variations of each picture, each a request", "2", "3", "4", "8"),
        ["ThrottleLimit"] = [("4", $"requests in flight at once; {Default}"), .. Numbers("requests in flight at once", "1", "2", "8", "16", "32")],
        ["RequestsPerMinute"] = Numbers("maximum number of requests started in a minute", "10", "30", "60", "120", "300"),
        ["MaximumCost"] = Numbers("in the currency of the model's price, mostly USD", "1", "5", "10", "25", "100"),
        ["MaximumRetryCount"] = [("4", $"further attempts; {Default}"), ("0", "no further attempts"), .. Numbers("further attempts", "2", "8")],
        ["RetryIntervalSec"] = [("1", $"seconds before the first retry; {Default}"), .. Numbers("seconds before the first retry", "5", "10", "30")],
        ["MaximumWaitSec"] =
        [
            ("600", $"seconds, 10 minutes; {Default}"), ("0", "each picture fails by itself"), ("3600", "seconds, an hour"), ("86400", "seconds, a day"),
        ],
        ["NoImageRetryCount"] = [("0", Default), .. Numbers("more requests if a response has no picture, each of which may be billed", "1", "2")],
        ["TimeoutSec"] = [.. Numbers("seconds for an attempt", "30", "60", "300", "600"), ("0", "no limit")],
        ["Temperature"] = Numbers("from 0 to 2: how freely the model chooses", "0", "0.5", "1", "1.5", "2"),
        ["TopP"] = Numbers("from 0 to 1: the share of likely continuations", "0.5", "0.8", "0.95", "1"),
        ["TopK"] = Numbers("the number of likely continuations", "1", "20", "40", "64"),
        ["MaxOutputTokens"] = Numbers("maximum number of tokens of the response; a picture takes more than a thousand", "2048", "4096", "8192"),
        ["Seed"] = Numbers("the same number gives similar results, as far as the model supports it", "1", "2", "3"),
        ["After"] = [("(Get-Date).Date", "today"), ("(Get-Date).AddDays(-7)", "the last seven days")],
        ["Before"] = [("(Get-Date).Date", "before today"), ("(Get-Date).AddDays(-7)", "older than seven days")],
        ["Port"] = [("0", $"a free port; {Default}"), .. Numbers("the port on this machine", "8080", "49152")],
        ["Latency"] = [("0", $"seconds before each response; {Default}"), .. Numbers("seconds before each response", "0.5", "2", "10")],
        ["FaultRate"] = [("1", $"all edits get a fault; {Default}"), .. Numbers("the share of edits that get a fault", "0.05", "0.1", "0.25", "0.5")],
        ["FaultSeed"] = [("0", Default), .. Numbers("another seed gives the faults to other edits", "1", "2")],
        ["Width"] = Numbers("columns of the terminal", "40", "80", "120"),
        ["Height"] = Numbers("rows of the terminal", "10", "20", "40"),
        ["EmbedLimit"] = Numbers("maximum number of bytes of embedded pictures", "10MB", "25MB", "100MB"),
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        s_values.TryGetValue(parameterName, out var values)
            ? Completions.OrTyped(
                wordToComplete,
                from value in values
                    // A typed 3 must not complete to 32.
                where wordToComplete.Length == 0 || !char.IsDigit(wordToComplete[0])
                where Completions.Unquoted(value.Value).StartsWith(Completions.Unquoted(wordToComplete), StringComparison.OrdinalIgnoreCase)
                select new CompletionResult(value.Value, value.Value, CompletionResultType.ParameterValue, $"{value.Value}: {value.ToolTip}"))
            : [];

    private static (string Value, string ToolTip)[] Numbers(string meaning, params string[] values) => [.. values.Select(value => (value, meaning))];
}
