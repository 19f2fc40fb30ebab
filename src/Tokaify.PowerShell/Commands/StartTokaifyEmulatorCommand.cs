using System.Management.Automation;
using System.Net;
using Tokaify.Emulation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Starts the relay's API inside this session, on loopback, and connects the session to it.</summary>
[Cmdlet(VerbsLifecycle.Start, "TokaifyEmulator")]
[OutputType(typeof(TokaifyContext))]
public sealed class StartTokaifyEmulatorCommand : TokaifyCommand
{
    /// <summary>The port. Default: a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>The seconds before each answer.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double Latency { get; set; }

    /// <summary>Emits the context that the session now has.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var emulator = Require(StartEmulator);
        WriteVerbose($"The emulator listens at {emulator.BaseUri}.");
        if (PassThru)
        {
            WriteObject(TokaifyContext.Effective);
        }
    }

    private RelayEmulator StartEmulator()
    {
        try
        {
            return EmulatorSession.Start(new EmulatorOptions { Port = Port, Latency = TimeSpan.FromSeconds(Latency) });
        }
        catch (HttpListenerException exception)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The emulator cannot listen on port {Port}: {exception.Message} Choose another, or leave -Port out.",
                exception);
        }
    }
}
