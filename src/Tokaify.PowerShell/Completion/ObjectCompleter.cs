using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>Completes parameters that take objects: with the session's variables that hold such an object, else with an expression that
/// returns one.</summary>
public sealed class ObjectCompleter : IArgumentCompleter
{
    private static readonly Dictionary<string, (Func<object?, bool> Fits, string Otherwise, string ToolTip)> s_kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Conversation"] = (
            value => value is Conversation, "($talk = New-TokaifyConversation)", "a new conversation, kept in the variable $talk "
                + "for its next turn"),
        ["Context"] = (value => value is TokaifyContext, "$using:context", "what Get-TokaifyContext returned in the session that starts this one"),
        ["ApiKey"] = (value => value is SecureString, "(Read-Host -AsSecureString)", "asks for the key; the typed text is not shown"),
        ["ProxyCredential"] = (value => value is PSCredential, "(Get-Credential)", "asks for the name and the password of the proxy"),
        ["InputObject"] = (value => FirstOf(value) is ImageEditResult, "$results", "a variable that keeps the results of earlier edits"),
        ["ErrorRecord"] = (value => FirstOf(value) is ErrorRecord, "$Error", "the errors of this session"),
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if (!s_kinds.TryGetValue(parameterName, out var kind))
        {
            return [];
        }

        if (wordToComplete.Length > 0)
        {
            // PowerShell completes the name of a variable itself.
            return Completions.OrTyped(wordToComplete, []);
        }

        var found = Variables()
            .Where(variable => kind.Fits(Completions.Unwrapped(variable.Value)))
            .Select(variable => new CompletionResult(
                $"${variable.Name}", $"${variable.Name}", CompletionResultType.ParameterValue, $"${variable.Name}: {Describe(variable.Value)}"))
            .ToList();
        return found.Count > 0 ? found : [new CompletionResult(kind.Otherwise, kind.Otherwise, CompletionResultType.ParameterValue, kind.ToolTip)];
    }

    // A name with other characters would need braces.
    private static IEnumerable<PSVariable> Variables() =>
        RunspaceSession.CurrentState().InvokeProvider.Item.Get("variable:*")
            .Select(item => item.BaseObject)
            .OfType<PSVariable>()
            .Where(variable => variable.Name.All(character => char.IsLetterOrDigit(character) || character == '_'));

    private static object? FirstOf(object? value) =>
        Completions.Unwrapped(value is IList { Count: > 0 } list ? list[0] : value);

    private static string Describe(object? value) => Completions.Unwrapped(value) switch
    {
        Conversation { LastPicture: { } image } talk => $"{talk}, continues from '{Path.GetFileName(image)}'",
        Conversation talk => $"{talk}",
        IList { Count: > 1 } list => $"{list.Count} objects",
        { } single => single.GetType().Name,
        null => "",
    };
}
