namespace Tokaify.Resilience;

/// <summary>Runs operations with retries, a time limit for each attempt, and one brake and one pace for all of them.</summary>
/// <remarks>The only public face of this assembly, and no type of Polly is in its signatures: so the module can load
/// both out of the way of another module's Polly.</remarks>
public sealed class RetryPipeline
{
    private readonly RetryOptions _options;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly HoldBack _holdBack = new();
    private readonly Pace _pace;
    private readonly Lazy<Backoff> _backoff;

    /// <summary>Makes a pipeline that its operations share.</summary>
    /// <param name="options">Counts and times.</param>
    /// <param name="advise">Judges a failed attempt; an attempt that took too long comes as a <see cref="TimeoutException"/>.</param>
    public RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise)
    {
        _options = options;
        _advise = advise;
        _pace = new Pace(options.AttemptSpacing);
        _backoff = new Lazy<Backoff>(() => new Backoff(options, advise, _holdBack));
    }

    /// <summary>Runs one operation to its end: its result, or the error of its last attempt.</summary>
    /// <param name="attempt">One attempt; it is given its number, from 1.</param>
    /// <param name="onRetry">Hears of each retry before its wait.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait.</param>
    /// <exception cref="TimeoutException">The last attempt took longer than it may.</exception>
    public async Task<T> ExecuteAsync<T>(
        Func<int, CancellationToken, Task<T>> attempt,
        Action<RetryNotice>? onRetry,
        CancellationToken cancellationToken)
    {
        Exception failure;
        try
        {
            return await AttemptAsync(attempt, 1, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsWorthRetrying(exception, cancellationToken))
        {
            failure = exception;
        }

        // Polly takes over at the first failure. Loading and compiling it is nearly half of what a session's first edit
        // costs, and most sessions never need it.
        return await _backoff.Value.ExecuteAsync(
            failure,
            (number, token) => AttemptAsync(attempt, number, token),
            onRetry,
            cancellationToken).ConfigureAwait(false);
    }

    private bool IsWorthRetrying(Exception exception, CancellationToken cancellationToken) =>
        _options.MaximumRetryCount > 0 && !cancellationToken.IsCancellationRequested && _advise(exception).Retry;

    private async Task<T> AttemptAsync<T>(
        Func<int, CancellationToken, Task<T>> attempt, int number, CancellationToken cancellationToken)
    {
        if (_holdBack.IsOn || _pace.IsOn)
        {
            await WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_options.AttemptTimeout > TimeSpan.Zero)
        {
            limit.CancelAfter(_options.AttemptTimeout);
        }

        try
        {
            return await attempt(number, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The attempt took longer than {_options.AttemptTimeout.TotalSeconds:0.###} seconds.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HoldBackAfter(exception);
            throw;
        }
    }

    // Also after an operation's last attempt: the others have theirs before them.
    private void HoldBackAfter(Exception exception)
    {
        if (_advise(exception) is { HoldBackAll: true, After: { } span })
        {
            _holdBack.Extend(span < _options.MaximumRetryInterval ? span : _options.MaximumRetryInterval);
        }
    }

    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        do
        {
            await _holdBack.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _pace.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        // While one waited for its moment, another may have been told to wait: the moment is lost, and what was held back
        // must not start all at once.
        while (_holdBack.IsOn);
    }
}
