namespace Tokaify.Resilience;

/// <summary>Makes another attempt where one has failed and another is worth it.</summary>
/// <remarks>Polly takes over at the first failure. Loading and compiling it is nearly half of what a session's first edit costs,
/// and most sessions never need it.</remarks>
internal sealed class RetryStrategy : IAttemptStrategy
{
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Lazy<PollyRetry> _polly;

    /// <summary>Makes one that operations share.</summary>
    /// <param name="options">How often and how soon.</param>
    /// <param name="advise">Judges a failed attempt.</param>
    /// <param name="onRetry">Told of every operation's retries before their waits.</param>
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
