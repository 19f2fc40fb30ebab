namespace Tokaify.Resilience;

/// <summary>How often, how soon and how long an operation is tried.</summary>
public sealed record RetryOptions
{
    /// <summary>The number of further attempts after the first. Default 4; 0 for none.</summary>
    public int MaximumRetryCount { get; init; } = 4;

    /// <summary>The wait before the first retry; it doubles with each further one, with jitter. Default 1 second.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a retry, whoever asks for it. Default 2 minutes.</summary>
    public TimeSpan MaximumRetryInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The time one attempt may take. Default 300 seconds; <see cref="TimeSpan.Zero"/> for no limit.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The least time between the starts of two attempts, whichever operations they belong to. Default: none.</summary>
    public TimeSpan AttemptSpacing { get; init; } = TimeSpan.Zero;

    /// <summary>A wait, or the longest there is.</summary>
    internal TimeSpan? Cap(TimeSpan? wait) => wait > MaximumRetryInterval ? MaximumRetryInterval : wait;
}

/// <summary>What to do after a failed attempt.</summary>
/// <param name="Retry">Whether another attempt is worth it.</param>
/// <param name="After">The wait that the other side asked for; null for the usual backoff.</param>
/// <param name="HoldBackAll">Whether every other operation of the same pipeline waits as well.</param>
public readonly record struct RetryAdvice(bool Retry, TimeSpan? After = null, bool HoldBackAll = false);

/// <summary>A retry about to be waited for.</summary>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="Delay">The wait before the next one.</param>
/// <param name="Reason">Why the attempt failed.</param>
public sealed record RetryNotice(int Attempt, TimeSpan Delay, Exception Reason);
