using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes tools, each as a table that binds as it stands.</summary>
public sealed class ToolCompleter : IArgumentCompleter
{
    // Three fields of Tool in Google's reference, those that work without settings; which of them a model takes, its page says.
    private static readonly (string Name, string Meaning)[] s_tools =
    [
        ("googleSearch", "looks things up with Google before it draws"),
        ("urlContext", "reads the pages that the prompt names"),
        ("codeExecution", "writes and runs code to come to its answer"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.OrTyped(
            wordToComplete,
            from tool in s_tools
            where tool.Name.StartsWith(Completions.Unquoted(wordToComplete).TrimStart('@'), StringComparison.OrdinalIgnoreCase)
            select new CompletionResult(
                $"@{{ {tool.Name} = @{{}} }}", tool.Name, CompletionResultType.ParameterValue, $"{tool.Name}: the model {tool.Meaning}"));
}
