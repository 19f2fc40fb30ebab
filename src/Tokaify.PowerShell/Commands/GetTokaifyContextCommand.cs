using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Returns the session's settings, with only the last four characters of the key.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyContext")]
[OutputType(typeof(TokaifyContext))]
public sealed class GetTokaifyContextCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Require(() =>
    {
        var context = Session.Context.WithDefaults();
        return context.Settings is { SecretName: null } ? context : WithKey(context);
    }));
}
