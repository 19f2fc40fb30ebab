using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes tools, each as a table that the parameter accepts.</summary>
public sealed class ToolCompleter : IArgumentCompleter
{
    // Fields of Tool in Google's reference. The page of each model says which of them it takes.
    private const string ImageSearch = "searchTypes = @{ webSearch = @{}; imageSearch = @{} }";

    private static readonly (string Name, string Settings, string Meaning)[] s_tools =
    [
        ("googleSearch", "", "looks things up with Google before it draws"),
        ("googleImageSearch", ImageSearch, "looks up pages and pictures with Google before it draws: gemini-3.1 and later"),
        ("urlContext", "", "reads the pages that the prompt names"),
        ("codeExecution", "", "writes and runs code to come to its answer"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.OrTyped(
            wordToComplete,
            from tool in s_tools
            where tool.Name.StartsWith(Completions.Unquoted(wordToComplete).TrimStart('@'), StringComparison.OrdinalIgnoreCase)
            select new CompletionResult(
                $"@{{ {FieldOf(tool.Name)} = @{{{(tool.Settings.Length > 0 ? $" {tool.Settings} " : "")}}} }}", tool.Name, CompletionResultType.ParameterValue, $"{tool.Name}: the model {tool.Meaning}"));

    // The search for images is a setting of googleSearch.
    private static string FieldOf(string tool) => tool == "googleImageSearch" ? "googleSearch" : tool;
}
