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

    /// <summary>The seconds before each edit's answer.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double Latency { get; set; }

    /// <summary>The ways in which edits go wrong: single ones, or All, Transient, Permanent, Odd. Default: none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EmulatorFault[] Fault { get; set; } = [];

    /// <summary>The share of edits that meet a fault, from 0 to 1. Default: 1, where there is a -Fault. Alone it means
    /// -Fault All.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double FaultRate { get; set; } = 1;

    /// <summary>Decides which edit meets which fault: the same seed, the same faults in the same order. Default: 0.</summary>
    [Parameter]
    public int FaultSeed { get; set; }

    /// <summary>A file that takes a line of JSON for each edit: its source's SHA-256, its fault, its status.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

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
            WriteObject(Require(Session.Context.WithDefaults));
        }
    }

    private RelayEmulator StartEmulator()
    {
        try
        {
            return Session.StartEmulator(Options());
        }
        catch (HttpListenerException exception)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The emulator cannot listen on port {Port}: {exception.Message} Choose another, or leave -Port out.",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"The log cannot be written: {exception.Message}", exception);
        }
    }

    private EmulatorOptions Options() => new()
    {
        Port = Port,
        Latency = TimeSpan.FromSeconds(Latency),
        Faults = Fault.Length == 0 && MyInvocation.BoundParameters.ContainsKey(nameof(FaultRate)) ? [EmulatorFault.All] : Fault,
        FaultRate = FaultRate,
        FaultSeed = FaultSeed,
        LogPath = LogPath is null ? null : new SourcePaths(SessionState.Path).Resolve(LogPath),
    };
}
