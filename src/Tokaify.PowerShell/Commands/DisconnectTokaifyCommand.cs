using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Removes the settings of Connect-Tokaify, including the key, from the session.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Tokaify")]
public sealed class DisconnectTokaifyCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing() => Session.Disconnect();
}
