using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes thinking levels: those of the model in the command line, of the session's model, or of the default model. For a model
/// that has no levels or is not in the catalogue: all levels, with the models that have them.</summary>
public sealed class ThinkingLevelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var catalog = Completions.Catalog;
        var model = catalog.Find(Completions.ModelName(fakeBoundParameters));
        return Completions.Of(wordToComplete, model is { ThinkingLevels.Count: > 0 }
            ? model.ThinkingLevels.Select(level => (level, $"{level}{(level == model.DefaultThinkingLevel ? ", the default" : "")} with {model.Name}"))
            : catalog.Models.SelectMany(each => each.ThinkingLevels).Distinct().Select(level => (level, $"{level}: with {Takers(catalog, level)}")));
    }

    private static string Takers(ModelCatalog catalog, string level) =>
        string.Join(", ", catalog.Models.Where(each => each.ThinkingLevels.Contains(level)).Select(each => each.Name));
}
