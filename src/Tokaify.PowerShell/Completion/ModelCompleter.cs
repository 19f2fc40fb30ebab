using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes the names of models.</summary>
public sealed class ModelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Of(
            wordToComplete,
            ModelCatalog.CurrentOrBuiltIn.Models.Select(model => (model.Name, Describe(model))));

    // The user's own entries may have a name and nothing else.
    private static string Describe(ImageModel model) =>
        string.Join(": ", new[] { model.DisplayName, model.Description }.Where(text => text.Length > 0).DefaultIfEmpty(model.Name));
}

/// <summary>Completes aspect ratios: those of the model on the line, of the session's, or of the default.</summary>
public sealed class AspectRatioCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var catalog = ModelCatalog.CurrentOrBuiltIn;
        var name = fakeBoundParameters["Model"] as string ?? TokaifyContext.Session.Model ?? catalog.Default.Name;
        var model = catalog.Find(name) ?? catalog.Default;
        return Completions.Of(wordToComplete, model.AspectRatios.Select(ratio => (ratio, Describe(model, ratio))));
    }

    private static string Describe(ImageModel model, string ratio) =>
        model.OutputSize(ratio) is { } size ? $"{ratio}, {size} pixels with {model.Name}" : ratio;
}

/// <summary>What completers share.</summary>
internal static class Completions
{
    /// <summary>The values that begin with what was typed.</summary>
    public static IEnumerable<CompletionResult> Of(string typed, IEnumerable<(string Value, string ToolTip)> values)
    {
        var word = typed.Trim('\'', '"');
        return values
            .Where(value => value.Value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(value => new CompletionResult(value.Value, value.Value, CompletionResultType.ParameterValue, value.ToolTip));
    }
}
