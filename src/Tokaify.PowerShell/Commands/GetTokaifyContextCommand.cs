using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Shows what the session's commands work with; of the key, its last four characters.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyContext")]
[OutputType(typeof(TokaifyContext))]
public sealed class GetTokaifyContextCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Require(Session.Context.WithDefaults));
}
