namespace Tokaify.Resilience;

/// <summary>One attempt of an operation, as it is handed from strategy to strategy.</summary>
internal readonly record struct Attempt
{
    /// <summary>What it is an attempt of: the same object for all attempts of an operation.</summary>
    public object Operation { get; init; } = new();

    /// <summary>Its number among the attempts that count, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What the operation has in common with some of the others: for an edit, its model.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether the operation has no other attempt after this one.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether it asks if an outage is over, and so may pass where others wait.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Called for each retry before its wait; null for no call.</summary>
    public Action<RetryNotice>? OnRetry { get; init; }

    /// <summary>Done right before the attempt; null for nothing.</summary>
    public Func<CancellationToken, Task>? Prepare { get; init; }

    /// <summary>Ends the attempt, and every wait before it.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Ends every wait: no attempt can succeed any more. An attempt that has been sent comes to its own end.</summary>
    public CancellationToken Ended { get; init; }

    public Attempt()
    {
    }

    /// <summary>Waits for something, as long as it makes sense.</summary>
    /// <param name="wait">The wait; its token ends it.</param>
    /// <exception cref="AttemptRefusedException">It makes no sense any more.</exception>
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
