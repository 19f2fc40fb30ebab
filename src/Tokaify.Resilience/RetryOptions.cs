namespace Tokaify.Resilience;

/// <summary>How often, how soon and how long an operation is tried.</summary>
public sealed record RetryOptions
{
    /// <summary>The number of further attempts after the first. Default 4; 0 for none.</summary>
    public int MaximumRetryCount { get; init; } = 4;

    /// <summary>The wait before the first retry; it doubles with each further one, with jitter. Default 1 second.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that the wait before a retry grows to by itself. Default 2 minutes.</summary>
    public TimeSpan MaximumRetryInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest wait that is granted where the other side asks for one. Default 10 minutes. Where it asks for more, it is not
    /// tried again. <see cref="TimeSpan.Zero"/> for <see cref="MaximumRetryInterval"/>.</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time one attempt may take. Default 300 seconds; <see cref="TimeSpan.Zero"/> for no limit.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The least time between the starts of two attempts, whichever operations they belong to. Default: none.</summary>
    public TimeSpan AttemptSpacing { get; init; } = TimeSpan.Zero;

    /// <summary>What holds for all operations of a pipeline together; null where each stands for itself.</summary>
    public BatchRules? Batch { get; init; }

    /// <summary>The longest wait that is granted.</summary>
    public TimeSpan LongestWait => MaximumWait > TimeSpan.Zero ? MaximumWait : MaximumRetryInterval;
}

/// <summary>Which operations a failure says something about.</summary>
public enum Reach
{
    /// <summary>The operation itself.</summary>
    Operation,

    /// <summary>Those of its group.</summary>
    Group,

    /// <summary>All of them.</summary>
    All,
}

/// <summary>What to do after a failed attempt.</summary>
/// <param name="Retry">Whether another attempt is worth it.</param>
/// <param name="After">The wait that the other side asked for; null for the usual backoff.</param>
/// <param name="StartsCooldown">Whether every other operation of the same pipeline waits as well.</param>
public readonly record struct RetryAdvice(bool Retry, TimeSpan? After = null, bool StartsCooldown = false)
{
    /// <summary>Which operations would fail alike if it is an outage. <see cref="Reach.Operation"/> where it is none: the other side
    /// has responded.</summary>
    public Reach Outage { get; init; }

    /// <summary>Which operations would fail alike for good.</summary>
    public Reach End { get; init; }

    /// <summary>Whether one failure is enough to know that. Else it takes several in a row.</summary>
    public bool IsCertain { get; init; }

    /// <summary>Whether the other side did its work, so that others need not fail alike: it refused this one alone.</summary>
    public bool IsWorking { get; init; }
}

/// <summary>A retry about to be waited for.</summary>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="Delay">The wait before the next one.</param>
/// <param name="Reason">Why the attempt failed.</param>
public sealed record RetryNotice(int Attempt, TimeSpan Delay, Exception Reason);
