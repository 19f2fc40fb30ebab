namespace Tokaify.Resilience;

/// <summary>One attempt of an operation, as it is handed from strategy to strategy.</summary>
internal readonly record struct Attempt
{
    /// <summary>Its number among the attempts that count, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Told of each retry before its wait; null for nobody.</summary>
    public Action<RetryNotice>? OnRetry { get; init; }

    /// <summary>Done right before the attempt; null for nothing.</summary>
    public Func<CancellationToken, Task>? Prepare { get; init; }

    /// <summary>Ends the attempt, and every wait before it.</summary>
    public CancellationToken Cancellation { get; init; }
}
