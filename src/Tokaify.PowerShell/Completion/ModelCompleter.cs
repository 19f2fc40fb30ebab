using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes the names of models by any part of the name.</summary>
public sealed class ModelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Containing(
            wordToComplete,
            Completions.Catalog.Models.Select(model => (model.Name, Describe(model))));

    // The user's own entries may have only a name.
    private static string Describe(ImageModel model) =>
        string.Join(": ", new[] { model.DisplayName, model.Description }.Where(text => text.Length > 0).DefaultIfEmpty(model.Name))
        + (model.DescribeRetirement(DateTime.UtcNow) is { } retirement ? $" {retirement}" : "");
}
