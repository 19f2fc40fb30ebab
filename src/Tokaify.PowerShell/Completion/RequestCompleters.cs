using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes image sizes: those of the model on the line, of the session's, or of the default.</summary>
public sealed class ImageSizeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var name = fakeBoundParameters["Model"] as string ?? TokaifyContext.Effective.Model!;
        var model = ModelCatalog.CurrentOrBuiltIn.Find(name) ?? ModelCatalog.CurrentOrBuiltIn.Default;
        return Completions.Of(wordToComplete, model.ImageSizes.Select(size => (size, $"{size} with {model.Name}")));
    }
}

/// <summary>Completes safety settings, as tables of one category and its threshold.</summary>
/// <remarks>PowerShell does not ask inside the braces of a table, so the whole of it is offered: after nothing, or after the
/// beginning of a category.</remarks>
public sealed class SafetySettingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from category in SafetySetting.Categories
        where category.IndexOf(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase) >= 0
        from threshold in SafetySetting.Thresholds
        let table = $"@{{ {category} = '{threshold}' }}"
        select new CompletionResult(table, $"{category} = {threshold}", CompletionResultType.ParameterValue, table);
}
