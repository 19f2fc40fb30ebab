using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>What completers share.</summary>
/// <remarks>If a completer offers nothing, PowerShell offers the files of the folder. So each offers something: what was typed, if
/// nothing goes with it.</remarks>
internal static class Completions
{
    /// <summary>The values that begin with what was typed; if there are none, those that contain it.</summary>
    public static IEnumerable<CompletionResult> Of(string typed, IEnumerable<(string Value, string ToolTip)> values)
    {
        var found = Containing(typed, values);
        var begun = found.Where(result => Begins(result.CompletionText, typed)).ToList();
        return begun.Count > 0 ? begun : found;
    }

    /// <summary>The values that contain what was typed, or that match it as a wildcard; those that begin with it come first.</summary>
    public static IReadOnlyList<CompletionResult> Containing(string typed, IEnumerable<(string Value, string ToolTip)> values)
    {
        var word = Unquoted(typed);
        var pattern = WildcardPattern.Get(
            WildcardPattern.ContainsWildcardCharacters(word) ? word : $"*{WildcardPattern.Escape(word)}*", WildcardOptions.IgnoreCase);
        return OrTyped(typed, values
            .Where(value => pattern.IsMatch(value.Value))
            .Select(value => new CompletionResult(value.Value, value.Value, CompletionResultType.ParameterValue, value.ToolTip))
            .OrderBy(result => Begins(result.CompletionText, typed) ? 0 : 1));
    }

    /// <summary>The results; if there are none, what was typed.</summary>
    public static IReadOnlyList<CompletionResult> OrTyped(string typed, IEnumerable<CompletionResult> results)
    {
        var found = results.ToList();
        if (found.Count == 0 && typed.Length > 0)
        {
            found.Add(new CompletionResult(typed));
        }

        return found;
    }

    /// <summary>What was typed, without its quotes.</summary>
    public static string Unquoted(string typed) => typed.Trim('\'', '"');

    /// <summary>The name of the model that the command would ask: the line's, that of the conversation on it, the session's, or
    /// the default.</summary>
    public static string ModelName(IDictionary bound) =>
        bound["Model"]?.ToString()
        ?? (Unwrapped(bound["Conversation"]) as Conversation)?.Model
        ?? RunspaceSession.Current().Context.Model
        ?? ModelCatalog.CurrentOrBuiltIn.Default.Name;

    /// <summary>A value without what PowerShell wraps it in.</summary>
    public static object? Unwrapped(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static bool Begins(string value, string typed) => value.StartsWith(Unquoted(typed), StringComparison.OrdinalIgnoreCase);
}
