using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes shares: the automatic ones, which a task engine numbers, and all shares of the typed count.</summary>
public sealed class ShardCompleter : IArgumentCompleter
{
    private const int UsualCount = 8;
    private const int MostListed = 100;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var count = CountIn(wordToComplete) ?? UsualCount;
        (string, string)[] automatic =
        [
            ("Auto", "the share of this task, by the number and the count that the engine gives it (AWS Batch, Cloud Run, GitLab CI, Azure Pipelines)"),
            ($"Auto/{count}", $"the share of this task of {count}, by the number that the engine gives it (Slurm, Kubernetes, GNU parallel and others)"),
        ];
        return Completions.Of(wordToComplete, automatic.Concat(Enumerable.Range(1, count).Select(number => ($"{number}/{count}", $"share {number} of {count}"))));
    }

    private static int? CountIn(string typed) =>
        int.TryParse(typed.Trim('\'', '"').Split('/').ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count is > 0 and <= MostListed
            ? count
            : null;
}
