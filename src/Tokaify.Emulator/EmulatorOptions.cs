namespace Tokaify.Emulation;

/// <summary>How a <see cref="RelayEmulator"/> listens and answers.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>What an edit waits before it is answered, in place of the model's work. Default: nothing.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The longest request body in bytes, Base64 included; a longer one is refused with 413.
    /// Default: 20 MiB, the cap that Google's API documents for inline images.</summary>
    public long MaxRequestBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>The ways in which edits go wrong; groups stand for their members. Default: none.</summary>
    /// <remarks>Only an edit that would succeed can meet a fault: what the relay refuses, it refuses.</remarks>
    public IReadOnlyList<EmulatorFault> Faults { get; init; } = [];

    /// <summary>The share of edits that meet one of <see cref="Faults"/>, from 0 to 1. Default: 1, all of them.</summary>
    public double FaultRate { get; init; } = 1;

    /// <summary>Decides which edit meets which fault. The same seed gives the same faults in the same order, so a run that
    /// sends one edit after the other can be repeated. Default: 0.</summary>
    public int FaultSeed { get; init; }

    /// <summary>The file that takes a line of JSON for each edit: its number, the SHA-256 of its source, the fault it met,
    /// the status it was answered with, and whether it was given an image. It is appended to. Null, the default: none.</summary>
    public string? LogPath { get; init; }
}
