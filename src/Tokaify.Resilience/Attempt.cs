namespace Tokaify.Resilience;

/// <summary>One attempt of an operation. It is passed from strategy to strategy.</summary>
internal readonly record struct Attempt
{
    /// <summary>Identifies the operation: the same object for all its attempts.</summary>
    public object Operation { get; init; } = new();

    /// <summary>Its number among the attempts that count, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The group of the operation: for an edit, its model.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether it is the last attempt of the operation.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether it probes if an outage is over, and so passes where others wait.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Called for each retry before its wait; null for no call.</summary>
    public Action<RetryNotice>? OnRetry { get; init; }

    /// <summary>Called right before the attempt; null for no call.</summary>
    public Func<CancellationToken, Task>? Prepare { get; init; }

    /// <summary>Ends the attempt, and every wait before it.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Ends every wait, because no attempt can succeed any more. An attempt that has been sent is not cancelled.</summary>
    public CancellationToken Ended { get; init; }

    public Attempt()
    {
    }

    /// <summary>Waits, as long as an attempt can still succeed.</summary>
    /// <param name="wait">The wait; its token ends it.</param>
    /// <exception cref="AttemptRefusedException">No attempt can succeed any more.</exception>
    /// <exception cref="OperationCanceledException">The attempt was cancelled.</exception>
    public async Task WaitAsync(Func<CancellationToken, Task> wait)
    {
        var cancellation = Cancellation;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Ended);
        try
        {
            await wait(either.Token).ConfigureAwait(false);
            either.Token.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new AttemptRefusedException();
        }
        finally
        {
            // Cancels timers that are no longer needed.
            either.Cancel();
        }
    }
}
