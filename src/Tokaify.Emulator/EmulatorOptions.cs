namespace Tokaify.Emulation;

/// <summary>The options of a <see cref="RelayEmulator"/>.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The wait before the response to an edit, which stands for the time that a model needs. Default: no wait.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The maximum length of a request body in bytes, Base64 included. A longer one is refused with 413. Default: 20 MiB, the
    /// limit that Google's API documents for inline images.</summary>
    public long MaxRequestBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>The faults of edits. Groups are replaced by their members. Default: none.</summary>
    /// <remarks>Only an edit that would succeed can get a fault. Invalid requests are refused in any case.</remarks>
    public IReadOnlyList<EmulatorFault> Faults { get; init; } = [];

    /// <summary>The share of edits that get one of <see cref="Faults"/>, from 0 to 1. Default: 1, all of them.</summary>
    public double FaultRate { get; init; } = 1;

    /// <summary>The seed that selects the fault of each edit. The same seed gives the same faults in the same order, so a run that sends
    /// one edit after the other can be repeated. Default: 0.</summary>
    public int FaultSeed { get; init; }

    /// <summary>The log file, to which a line of JSON is appended for each edit: its number, the SHA-256 of its source, its fault, the
    /// status of the response, and whether the response had an image. Default: null, no log.</summary>
    public string? LogPath { get; init; }
}
