namespace Tokaify.Resilience;

/// <summary>Runs operations with retries and a time limit for each attempt, with one cooldown and one rate limiter for all of them, and
/// where they belong together, with a breaker and a gate for outages.</summary>
/// <remarks>The only public face of this assembly, and no type of Polly is in its signatures: so the module can load
/// both out of the way of another module's Polly. Here the strategies are put together, and what one of them has to know of
/// another's doing is passed on.</remarks>
public sealed class RetryPipeline
{
    private readonly RetryOptions _options;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Cooldown _cooldown;
    private readonly RateLimiter? _rateLimiter;
    private readonly Breaker? _breaker;
    private readonly OutageGate? _gate;

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
        // What was not made has not failed.
        _advise = exception => exception is AttemptRefusedException or HeldException ? default : Limit(advise(exception));
        _cooldown = new Cooldown(clock, SpanAfter, PostponeAll);
        _rateLimiter = options.AttemptSpacing > TimeSpan.Zero ? new RateLimiter(options.AttemptSpacing, clock) : null;
        if (options.Batch is { } rules)
        {
            _breaker = new Breaker(_advise, notice => rules.OnNotice?.Invoke(notice));
            _gate = rules.MaximumOutage > TimeSpan.Zero
                ? new OutageGate(clock, _advise, rules, options.RetryInterval, _breaker.Open)
                : null;
        }

        _strategies = [.. Strategies(clock)];
    }

    /// <summary>The number of operations that wait for an outage to end, or to know whether it is one.</summary>
    public int Waiting => _gate?.Waiting ?? 0;

    /// <summary>The number of those that wait to know whether it is an outage that they met.</summary>
    public int Suspects => _gate?.Suspects ?? 0;

    /// <summary>Whether another operation of a group may start: no outage holds it.</summary>
    public bool MayStart(string group) => _gate?.MayStart(group) ?? true;

    /// <summary>Whether an outage holds a group, and not the others.</summary>
    public bool IsGroupHeld(string group) => _gate?.IsGroupHeld(group) ?? false;

    /// <summary>Why no attempt of a group can succeed any more; null where one may.</summary>
    /// <param name="group">The group; empty for what concerns all.</param>
    public Exception? EndOf(string group) => _breaker?.CauseFor(group);

    /// <summary>Makes no attempt any more, for a reason that attempts know nothing of.</summary>
    /// <param name="cause">The reason; <see cref="EndOf"/> returns it.</param>
    /// <returns>False if operations do not belong together: then each has to fail by itself.</returns>
    public bool End(Exception cause)
    {
        _breaker?.Open("", cause);
        return _breaker is not null;
    }

    /// <summary>No other operation will come or is running: those that wait to know whether it is an outage that they met end in their
    /// failures.</summary>
    public void DismissSuspects() => _gate?.Dismiss();

    /// <summary>There is one operation in all: it fails by its own attempts.</summary>
    public void ExpectNoOther() => _gate?.TurnOff();

    /// <summary>Runs one operation to its end: its result, or the error of its last attempt.</summary>
    /// <param name="attempt">One attempt; it is given its number, from 1.</param>
    /// <param name="onRetry">Hears of each retry before its wait.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait.</param>
    /// <param name="group">What it has in common with some of the others.</param>
    /// <param name="prepare">Done right before each attempt, when nothing else is waited for; its time does not count. Null for
    /// nothing.</param>
    /// <exception cref="TimeoutException">The last attempt took longer than it may.</exception>
    /// <exception cref="AttemptRefusedException">No attempt was made.</exception>
    public Task<T> ExecuteAsync<T>(
        Func<int, CancellationToken, Task<T>> attempt,
        Action<RetryNotice>? onRetry,
        CancellationToken cancellationToken,
        string group = "",
        Func<CancellationToken, Task>? prepare = null) => RunAsync(
            0,
            new Attempt
            {
                Number = 1,
                Group = group,
                IsLast = true,
                OnRetry = onRetry,
                Prepare = prepare,
                Cancellation = cancellationToken,
                Ended = _breaker?.TokenFor(group) ?? default,
            },
            each => attempt(each.Number, each.Cancellation));

    private IEnumerable<IAttemptStrategy> Strategies(TimeProvider clock)
    {
        if (_options.MaximumRetryCount > 0)
        {
            yield return new RetryStrategy(_options, _advise, CoolDownWith, clock);
        }

        if (_gate is not null)
        {
            yield return _gate;
            // More operations than may run at once are started while others wait at the gate.
            yield return new ConcurrencyLimiter(_options.Batch!.Limit);
        }

        yield return _cooldown;
        if (_rateLimiter is not null)
        {
            yield return _rateLimiter;
        }

        if (_gate is not null)
        {
            yield return _gate.Threshold;
        }

        if (_breaker is not null)
        {
            yield return _breaker;
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

    // A wait that is longer than the longest is not cut down and tried in vain: it is an end, as far as this pipeline goes.
    private RetryAdvice Limit(RetryAdvice advice) => advice.After > _options.LongestWait
        ? new RetryAdvice(Retry: false) { End = advice.StartsCooldown ? Reach.All : Reach.Group, IsCertain = true }
        : advice;

    private TimeSpan? SpanAfter(Exception failure) => _advise(failure) is { StartsCooldown: true } advice ? advice.After : null;

    // Where the other side named no wait, that of the operation that was told so is everyone's.
    private void CoolDownWith(RetryNotice retry)
    {
        if (_advise(retry.Reason).StartsCooldown)
        {
            _cooldown.Extend(retry.Delay);
        }
    }

    private void PostponeAll(TimeSpan span) => _rateLimiter?.Postpone(span);
}
