namespace Tokaify.Emulation;

/// <summary>How a <see cref="RelayEmulator"/> listens and answers.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>What a good edit waits before it is answered, in place of the model's work. Default: nothing.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The longest request body in bytes, Base64 included; a longer one is refused with 413.
    /// Default: 20 MiB, the cap that Google's API documents for inline images.</summary>
    public long MaxRequestBytes { get; init; } = 20 * 1024 * 1024;
}
