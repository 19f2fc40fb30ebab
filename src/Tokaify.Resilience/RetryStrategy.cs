namespace Tokaify.Resilience;

/// <summary>Makes another attempt if one has failed and another may succeed.</summary>
/// <remarks>Polly is used only after the first failure. Loading and compiling it is almost half of the cost of a session's first edit, and
/// most sessions never need it.</remarks>
internal sealed class RetryStrategy : IAttemptStrategy
{
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Lazy<PollyRetry> _polly;

    /// <summary>Creates a strategy that operations share.</summary>
    /// <param name="options">The number of retries and their waits.</param>
    /// <param name="advise">Returns the consequences of a failed attempt.</param>
    /// <param name="onRetry">Called for every retry of any operation before its wait.</param>
    /// <param name="clock">The clock.</param>
    public RetryStrategy(
        RetryOptions options, Func<Exception, RetryAdvice> advise, Action<RetryNotice> onRetry, TimeProvider clock)
    {
        _advise = advise;
        _polly = new Lazy<PollyRetry>(() => new PollyRetry(options, advise, onRetry, clock));
    }

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        Exception failure;
        try
        {
            return await next(attempt with { IsLast = false }).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            !attempt.Cancellation.IsCancellationRequested && !attempt.Ended.IsCancellationRequested && _advise(exception).Retry)
        {
            failure = exception;
        }

        return await _polly.Value.ContinueAsync(failure, attempt, next).ConfigureAwait(false);
    }
}
