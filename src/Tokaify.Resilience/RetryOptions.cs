namespace Tokaify.Resilience;

/// <summary>The number of attempts of an operation, their waits and their time limits.</summary>
public sealed record RetryOptions
{
    /// <summary>The number of further attempts after the first. Default 4; 0 for none.</summary>
    public int MaximumRetryCount { get; init; } = 4;

    /// <summary>The wait before the first retry; it doubles with each further one, with jitter. Default 1 second.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait to which the backoff grows. Default 2 minutes.</summary>
    public TimeSpan MaximumRetryInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest wait that is accepted if the other side asks for one. Default 10 minutes. If it asks for a longer wait, the
    /// operation is not tried again. With <see cref="TimeSpan.Zero"/>, the limit is <see cref="MaximumRetryInterval"/>.</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time limit of one attempt. Default 300 seconds; <see cref="TimeSpan.Zero"/> for no limit.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The shortest time between the starts of two attempts of any operations. Default: none.</summary>
    public TimeSpan AttemptSpacing { get; init; } = TimeSpan.Zero;

    /// <summary>The rules for all operations of the pipeline together; null if they are independent.</summary>
    public BatchRules? Batch { get; init; }

    /// <summary>The longest wait that is accepted.</summary>
    public TimeSpan LongestWait => MaximumWait > TimeSpan.Zero ? MaximumWait : MaximumRetryInterval;
}

/// <summary>The operations that a failure concerns.</summary>
public enum Reach
{
    /// <summary>The operation itself.</summary>
    Operation,

    /// <summary>All operations of its group.</summary>
    Group,

    /// <summary>All operations.</summary>
    All,
}

/// <summary>The consequences of a failed attempt.</summary>
/// <param name="Retry">Whether another attempt may succeed.</param>
/// <param name="After">The wait that the other side asked for; null for the usual backoff.</param>
/// <param name="StartsCooldown">Whether all other operations of the pipeline wait too.</param>
public readonly record struct RetryAdvice(bool Retry, TimeSpan? After = null, bool StartsCooldown = false)
{
    /// <summary>The operations that would fail in the same way if it is an outage. <see cref="Reach.Operation"/> if it is not an outage,
    /// because the other side has responded.</summary>
    public Reach Outage { get; init; }

    /// <summary>The operations that would permanently fail in the same way.</summary>
    public Reach End { get; init; }

    /// <summary>Whether one failure is enough to know that; otherwise several in a row are needed.</summary>
    public bool IsCertain { get; init; }

    /// <summary>Whether the other side works and has refused only this operation, so that others need not fail.</summary>
    public bool IsWorking { get; init; }
}

/// <summary>A retry whose wait is about to begin.</summary>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="Delay">The wait before the next one.</param>
/// <param name="Reason">Why the attempt failed.</param>
public sealed record RetryNotice(int Attempt, TimeSpan Delay, Exception Reason);
