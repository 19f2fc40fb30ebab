using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes folders only, not files.</summary>
public sealed class FolderCompleter : IArgumentCompleter
{
    private const string NewFolder = "edited";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var folders = CompletionCompleters.CompleteFilename(wordToComplete)
            .Where(result => result.ResultType == CompletionResultType.ProviderContainer)
            .ToList();
        return folders.Count == 0 && wordToComplete.Length == 0
            ? [new CompletionResult(NewFolder, NewFolder, CompletionResultType.ParameterValue, $"{NewFolder}: a new folder, which "
                + "the command creates")]
            : Completions.OrTyped(wordToComplete, folders);
    }
}
