using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Forgets what Connect-Tokaify set, the key first of all.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Tokaify")]
public sealed class DisconnectTokaifyCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing() => Session.Disconnect();
}
