namespace Tokaify.Resilience;

/// <summary>Runs operations with retries and a time limit for each attempt, and with one cooldown and one rate limiter for all of
/// them.</summary>
/// <remarks>The only public face of this assembly, and no type of Polly is in its signatures: so the module can load
/// both out of the way of another module's Polly. Here the strategies are put together, and what one of them has to know of
/// another's doing is passed on.</remarks>
public sealed class RetryPipeline
{
    private readonly RetryOptions _options;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Cooldown _cooldown;
    private readonly RateLimiter? _rateLimiter;

    // From the outermost to the innermost.
    private readonly IAttemptStrategy[] _strategies;

    /// <summary>Makes a pipeline that its operations share.</summary>
    /// <param name="options">Counts and times.</param>
    /// <param name="advise">Judges a failed attempt; an attempt that took too long comes as a <see cref="TimeoutException"/>.</param>
    public RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise)
        : this(options, advise, TimeProvider.System)
    {
    }

    /// <summary>Makes a pipeline that waits by another clock than the system's. A time limit for attempts goes by the system's.</summary>
    internal RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise, TimeProvider clock)
    {
        _options = options;
        _advise = advise;
        _cooldown = new Cooldown(clock, SpanAfter, PostponeAll);
        _rateLimiter = options.AttemptSpacing > TimeSpan.Zero ? new RateLimiter(options.AttemptSpacing, clock) : null;
        _strategies = [.. Strategies(clock)];
    }

    /// <summary>Runs one operation to its end: its result, or the error of its last attempt.</summary>
    /// <param name="attempt">One attempt; it is given its number, from 1.</param>
    /// <param name="onRetry">Hears of each retry before its wait.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait.</param>
    /// <param name="prepare">Done right before each attempt, when nothing else is waited for; its time does not count. Null for
    /// nothing.</param>
    /// <exception cref="TimeoutException">The last attempt took longer than it may.</exception>
    public Task<T> ExecuteAsync<T>(
        Func<int, CancellationToken, Task<T>> attempt,
        Action<RetryNotice>? onRetry,
        CancellationToken cancellationToken,
        Func<CancellationToken, Task>? prepare = null) => RunAsync(
            0,
            new Attempt { Number = 1, OnRetry = onRetry, Prepare = prepare, Cancellation = cancellationToken },
            each => attempt(each.Number, each.Cancellation));

    private IEnumerable<IAttemptStrategy> Strategies(TimeProvider clock)
    {
        if (_options.MaximumRetryCount > 0)
        {
            yield return new RetryStrategy(_options, _advise, CoolDownWith, clock);
        }

        yield return _cooldown;
        if (_rateLimiter is not null)
        {
            yield return _rateLimiter;
        }

        yield return new Preparation();
        if (_options.AttemptTimeout > TimeSpan.Zero)
        {
            yield return new AttemptTimeout(_options.AttemptTimeout);
        }
    }

    private Task<T> RunAsync<T>(int index, Attempt attempt, Func<Attempt, Task<T>> operation) => index == _strategies.Length
        ? operation(attempt)
        : _strategies[index].ExecuteAsync(attempt, next => RunAsync(index + 1, next, operation));

    private TimeSpan? SpanAfter(Exception failure) => _advise(failure) is { HoldBackAll: true } advice ? _options.Cap(advice.After) : null;

    // Where the other side named no wait, that of the operation that was told so is everyone's.
    private void CoolDownWith(RetryNotice retry)
    {
        if (_advise(retry.Reason).HoldBackAll)
        {
            _cooldown.Extend(retry.Delay);
        }
    }

    private void PostponeAll(TimeSpan span) => _rateLimiter?.Postpone(span);
}
