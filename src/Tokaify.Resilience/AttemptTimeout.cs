namespace Tokaify.Resilience;

/// <summary>Ends an attempt that takes too long, with a <see cref="TimeoutException"/>.</summary>
/// <param name="limit">The time limit of an attempt.</param>
internal sealed class AttemptTimeout(TimeSpan limit) : IAttemptStrategy
{
    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(attempt.Cancellation);
        timer.CancelAfter(limit);
        try
        {
            return await next(attempt with { Cancellation = timer.Token }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !attempt.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The attempt took longer than {limit.TotalSeconds:0.###} seconds.");
        }
    }
}
