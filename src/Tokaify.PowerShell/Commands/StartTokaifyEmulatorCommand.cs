using System.Globalization;
using System.Management.Automation;
using System.Net;
using Tokaify.Emulation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Starts an emulator of the relay's API in this session, on loopback, and connects the session to it. A running emulator is
/// replaced.</summary>
[Cmdlet(VerbsLifecycle.Start, "TokaifyEmulator")]
[OutputType(typeof(TokaifyContext))]
public sealed class StartTokaifyEmulatorCommand : TokaifyCommand
{
    /// <summary>The port. Default: a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Port { get; set; }

    /// <summary>The seconds before the response to each edit.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double Latency { get; set; }

    /// <summary>The faults of edits: single ones, or the groups All, Transient, Permanent, Odd. Default: none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EmulatorFault[] Fault { get; set; } = [];

    /// <summary>The share of edits that get a fault, from 0 to 1. Default: 1 with -Fault. Without -Fault, it implies -Fault All.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double FaultRate { get; set; } = 1;

    /// <summary>The seed that selects the fault of each edit: the same seed gives the same faults in the same order. Default: 0.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int FaultSeed { get; set; }

    /// <summary>A log file with a line of JSON for each edit: the SHA-256 of its source, its fault, its status.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>Emits the context that the session now has.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var before = Session.Emulator?.BaseUri;
        var emulator = Require(StartEmulator);
        // The host shows this text, but it is not part of the output.
        WriteInformation(Describe(emulator, before), ["PSHOST"]);
        if (PassThru)
        {
            WriteObject(Require(Session.Context.WithDefaults));
        }
    }

    private static string Describe(RelayEmulator emulator, Uri? before)
    {
        var options = emulator.Options;
        return $"The emulator listens at {emulator.BaseUri}"
            + (before is null ? "" : before == emulator.BaseUri ? ", in place of the one before" : $", in place of the one at {before}")
            + ". This session is connected to it, and nothing is billed. "
            + (options.Faults.Count == 0
                ? "Faults: none."
                : Text($"Faults: {string.Join(", ", options.Faults)}, in {options.FaultRate * 100:0.##} % of the edits, seed {options.FaultSeed}."))
            + (options.Latency > TimeSpan.Zero ? Text($" Latency: {options.Latency.TotalSeconds} s.") : "")
            + (options.LogPath is null ? "" : $" Log: '{options.LogPath}'.")
            + " Stop-TokaifyEmulator ends it.";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

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
