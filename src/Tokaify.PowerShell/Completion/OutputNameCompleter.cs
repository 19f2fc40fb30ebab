using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes templates of names: finishes a token, or appends one. The result is always quoted, because unquoted braces are a
/// script block.</summary>
public sealed class OutputNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var (quote, text) = Unquoted(wordToComplete);
        var brace = text.LastIndexOf('{');
        var isBegun = brace >= 0 && text.IndexOf('}', brace) < 0;
        var before = isBegun ? text.Substring(0, brace) : text;
        var begun = isBegun ? text.Substring(brace + 1) : "";
        return Completions.OrTyped(
            wordToComplete,
            from token in OutputName.Tokens
            where token.StartsWith(begun, StringComparison.OrdinalIgnoreCase)
            select new CompletionResult(
                $"{quote}{before}{{{token}}}{quote}", $"{{{token}}}", CompletionResultType.ParameterValue, Describe(token)));
    }

    // PowerShell passes a quote within quotes doubled or not doubled, depending on how it has parsed the text.
    private static (char Quote, string Text) Unquoted(string word)
    {
        if (word.Length == 0 || word[0] is not ('\'' or '"'))
        {
            return ('\'', Doubled(word, '\''));
        }

        var quote = word[0];
        var isClosed = word.Length > 1 && word[word.Length - 1] == quote;
        return (quote, Doubled(word.Substring(1, word.Length - (isClosed ? 2 : 1)), quote));
    }

    private static string Doubled(string text, char quote) => text.Replace($"{quote}{quote}", $"{quote}").Replace($"{quote}", $"{quote}{quote}");

    private static string Describe(string token) => token switch
    {
        "name" => "{name}: the source's file name without its extension, such as cat; for a picture from text, the prompt's first words",
        "index" => "{index}: the picture's number among the variations of one source, from 1",
        "model" => "{model}: the model's name, such as gemini-2.5-flash-image",
        "time" => "{time}: the local time at which the command began, such as 20260131-235959",
        _ => token,
    };
}
