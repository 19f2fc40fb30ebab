using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Stops the emulator of this session, and restores the session's earlier connection.</summary>
[Cmdlet(VerbsLifecycle.Stop, "TokaifyEmulator")]
public sealed class StopTokaifyEmulatorCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Session.StopEmulator())
        {
            WriteVerbose("No emulator is running in this session.");
        }
    }
}
