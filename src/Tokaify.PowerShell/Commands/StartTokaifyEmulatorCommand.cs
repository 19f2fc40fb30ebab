using System.Globalization;
using System.Management.Automation;
using System.Net;
using Tokaify.Emulation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Starts the relay's API inside this session, on loopback, and connects the session to it. An emulator that runs is replaced.</summary>
[Cmdlet(VerbsLifecycle.Start, "TokaifyEmulator")]
[OutputType(typeof(TokaifyContext))]
public sealed class StartTokaifyEmulatorCommand : TokaifyCommand
{
    /// <summary>The port. Default: a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Port { get; set; }

    /// <summary>The seconds before each edit's answer.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double Latency { get; set; }

    /// <summary>The ways in which edits go wrong: single ones, or All, Transient, Permanent, Odd. Default: none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EmulatorFault[] Fault { get; set; } = [];

    /// <summary>The share of edits that meet a fault, from 0 to 1. Default: 1, where there is a -Fault. Alone it means
    /// -Fault All.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double FaultRate { get; set; } = 1;

    /// <summary>Decides which edit meets which fault: the same seed, the same faults in the same order. Default: 0.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
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
        var before = Session.Emulator?.BaseUri;
        var emulator = Require(StartEmulator);
        // Shown by the host, and never among the output.
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
