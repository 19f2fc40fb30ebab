using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Helpers for all completers.</summary>
/// <remarks>If a completer offers nothing, PowerShell offers the files of the folder. So if no value matches, a completer offers the typed
/// text.</remarks>
internal static class Completions
{
    /// <summary>Returns the values that begin with the typed text; if there are none, the values that contain it.</summary>
    public static IEnumerable<CompletionResult> Of(string typed, IEnumerable<(string Value, string ToolTip)> values)
    {
        var found = Containing(typed, values);
        var begun = found.Where(result => Begins(result.CompletionText, typed)).ToList();
        return begun.Count > 0 ? begun : found;
    }

    /// <summary>Returns the values that contain the typed text, or match it as a wildcard. Values that begin with it come first.</summary>
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

    /// <summary>Returns the results; if there are none, the typed text.</summary>
    public static IReadOnlyList<CompletionResult> OrTyped(string typed, IEnumerable<CompletionResult> results)
    {
        var found = results.ToList();
        if (found.Count == 0 && typed.Length > 0)
        {
            found.Add(new CompletionResult(typed));
        }

        return found;
    }

    /// <summary>The models that the session knows.</summary>
    public static ModelCatalog Catalog => RunspaceSession.Current().Context.DefaultModels;

    /// <summary>Returns a word in quotes, if a command line needs some.</summary>
    public static string Quoted(string word) =>
        word.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.') ? word : $"'{word.Replace("'", "''")}'";

    /// <summary>Returns the typed text without its quotes.</summary>
    public static string Unquoted(string typed) => typed.Trim('\'', '"');

    /// <summary>Returns the name of the model that the command would use: from the command line, from the conversation in it, from the
    /// session, or the default.</summary>
    public static string ModelName(IDictionary bound) =>
        bound["Model"]?.ToString()
        ?? (Unwrapped(bound["Conversation"]) as Conversation)?.Model
        ?? RunspaceSession.Current().Context.DefaultModel;

    /// <summary>Returns a value without its PSObject wrapper.</summary>
    public static object? Unwrapped(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static bool Begins(string value, string typed) => value.StartsWith(Unquoted(typed), StringComparison.OrdinalIgnoreCase);
}
