using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Finds the errors of this module in a session.</summary>
/// <param name="clean">Removes private data from the texts.</param>
internal sealed class ModuleErrors(PrivateText clean)
{
    private const int Most = 10;
    private const string OwnCommands = ",Tokaify.PowerShell.Commands.";
    private static readonly string[] s_texts = ["Prompt", "SystemInstruction"];

    /// <summary>Returns the module's errors in <c>$Error</c>, the newest first.</summary>
    public List<DiagnosticError> In(object? errors)
    {
        var own = (Unwrap(errors) as IEnumerable ?? Array.Empty<object>()).Cast<object>().Select(RecordOf).OfType<ErrorRecord>().Where(IsOwn).ToList();
        // A message of the service may repeat the text of another request.
        var texts = own.SelectMany(TextsOf).Distinct().ToList();
        return [.. own.Take(Most).Select(error => Describe(error, texts))];
    }

    private static ErrorRecord? RecordOf(object error) => Unwrap(error) switch
    {
        ErrorRecord record => record,
        IContainsErrorRecord holder => holder.ErrorRecord,
        _ => null,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static bool IsOwn(ErrorRecord error) =>
        error.Exception is TokaifyException || error.FullyQualifiedErrorId.IndexOf(OwnCommands, StringComparison.Ordinal) >= 0;

    private DiagnosticError Describe(ErrorRecord error, List<string> texts)
    {
        var failure = error.Exception as TokaifyException;
        return new DiagnosticError
        {
            ErrorId = failure?.ErrorId.ToString() ?? IdOf(error),
            Category = error.CategoryInfo.Category.ToString(),
            Command = error.InvocationInfo?.MyCommand?.Name is { } command ? clean.Of(command) : null,
            Message = failure is null ? Describe(error) : clean.Of(failure.Message, texts),
            StatusCode = failure?.StatusCode,
            Code = failure?.Code is { } code ? clean.Of(code) : null,
            RequestId = failure?.RequestId is { } id ? clean.Of(id) : null,
            Attempts = failure?.Attempts ?? 0,
            Exception = string.Join(" <- ", CausesOf(error.Exception).Select(cause => cause.GetType().FullName)),
        };
    }

    // The id of an exception that a script throws again is its message.
    private static string IdOf(ErrorRecord error) =>
        error.FullyQualifiedErrorId.Split(',')[0] is var id && Regex.IsMatch(id, @"\A[\w.]+\z") ? id : error.Exception.GetType().Name;

    // PowerShell's messages quote arguments: a key in the wrong place, a word of a prompt. In some of its exceptions, the name of the parameter
    // is an argument as well.
    private static string Describe(ErrorRecord error) =>
        error.Exception is ParameterBindingException { ParameterName: { Length: > 0 } name }
        && error.InvocationInfo?.MyCommand is CmdletInfo command && command.Parameters.ContainsKey(name)
            ? $"Parameter {name}. PowerShell's message is left out."
            : "The message is left out, because it is not the module's own.";

    // Returns the texts of the user that a message may repeat. For an image from text alone, the target is the prompt.
    private static IEnumerable<string> TextsOf(ErrorRecord error)
    {
        var failure = error.Exception as TokaifyException;
        object?[] texts =
        [
            failure?.Edit?.Request.Prompt, failure?.Edit?.Request.SystemInstruction, failure?.Data["Prompt"],
            error.InvocationInfo?.MyCommand?.Name == "New-TokaifyImage" ? error.TargetObject : null,
            .. s_texts.Select(name => error.InvocationInfo?.BoundParameters is { } bound && bound.TryGetValue(name, out var value) ? value : null),
        ];
        return texts.Select(Unwrap).OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text));
    }

    private static IEnumerable<Exception> CausesOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
