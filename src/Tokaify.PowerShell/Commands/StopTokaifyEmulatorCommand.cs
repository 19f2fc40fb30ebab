using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Stops the emulator of this session, and connects the session to what it was connected to before.</summary>
[Cmdlet(VerbsLifecycle.Stop, "TokaifyEmulator")]
public sealed class StopTokaifyEmulatorCommand : TokaifyCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Session.StopEmulator())
        {
            WriteVerbose("No emulator runs in this session.");
        }
    }
}
