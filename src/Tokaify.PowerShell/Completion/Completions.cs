using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

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

    /// <summary>The name of the model that the command would ask: the line's, that of the conversation on it, the session's, or
    /// the default.</summary>
    public static string ModelName(IDictionary bound) =>
        bound["Model"]?.ToString()
        ?? (Unwrapped(bound["Conversation"]) as Conversation)?.Model
        ?? RunspaceSession.Current().Context.Model
        ?? ModelCatalog.CurrentOrBuiltIn.Default.Name;

    private static object? Unwrapped(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
