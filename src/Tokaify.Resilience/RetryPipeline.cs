namespace Tokaify.Resilience;

/// <summary>Runs operations with retries and a time limit for each attempt, and with one cooldown and one rate limiter for all of them. If
/// they belong together, it adds a breaker and a gate for outages.</summary>
/// <remarks>This is the only entry point of the assembly. No type of Polly is in its signatures, so the module can load this assembly and
/// Polly separately from the Polly of another module. This class composes the strategies and passes information between them.</remarks>
public sealed class RetryPipeline
{
    private readonly RetryOptions _options;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Cooldown _cooldown;
    private readonly RateLimiter? _rateLimiter;
    private readonly Breaker? _breaker;
    private readonly OutageGate? _gate;

    // The strategies, from the outermost to the innermost.
    private readonly IAttemptStrategy[] _strategies;

    /// <summary>Creates a pipeline that its operations share.</summary>
    /// <param name="options">The number of attempts, the waits and the time limits.</param>
    /// <param name="advise">Returns the consequences of a failed attempt; for an attempt that took too long, it gets a
    /// <see cref="TimeoutException"/>.</param>
    public RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise)
        : this(options, advise, TimeProvider.System)
    {
    }

    /// <summary>Creates a pipeline with another clock than the system's. Only the time limit of attempts uses the system's clock.</summary>
    internal RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise, TimeProvider clock)
    {
        _options = options;
        // An attempt that was not made has not failed.
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

    /// <summary>The number of operations that wait for the end of an outage, or until it is known whether there is one.</summary>
    public int Waiting => _gate?.Waiting ?? 0;

    /// <summary>The number of operations that wait until it is known whether they met an outage.</summary>
    public int Suspects => _gate?.Suspects ?? 0;

    /// <summary>Whether another operation of a group may start, because no outage holds it.</summary>
    public bool MayStart(string group) => _gate?.MayStart(group) ?? true;

    /// <summary>Whether an outage holds only this group.</summary>
    public bool IsGroupHeld(string group) => _gate?.IsGroupHeld(group) ?? false;

    /// <summary>Returns why no attempt of a group can succeed any more; null if an attempt may succeed.</summary>
    /// <param name="group">The group; empty for reasons that concern all.</param>
    public Exception? EndOf(string group) => _breaker?.CauseFor(group);

    /// <summary>Stops all further attempts, for a reason from outside the attempts.</summary>
    /// <param name="cause">The reason; <see cref="EndOf"/> returns it.</param>
    /// <returns>False if the operations are independent; then each has to fail by itself.</returns>
    public bool End(Exception cause)
    {
        _breaker?.Open("", cause);
        return _breaker is not null;
    }

    /// <summary>Declares that no other operation is running or will come: operations that wait until it is known whether they met an outage
    /// end with their failures.</summary>
    public void DismissSuspects() => _gate?.Dismiss();

    /// <summary>Declares that there is only one operation, which fails by its own attempts.</summary>
    public void ExpectNoOther() => _gate?.TurnOff();

    /// <summary>Runs one operation. Returns its result, or throws the error of its last attempt.</summary>
    /// <param name="attempt">Makes one attempt; its argument is the number of the attempt, from 1.</param>
    /// <param name="onRetry">Called for each retry before its wait.</param>
    /// <param name="cancellationToken">Ends the attempt or the wait.</param>
    /// <param name="group">The group of the operation.</param>
    /// <param name="prepare">Called right before each attempt, after all waits; its time does not count. Null for no call.</param>
    /// <exception cref="TimeoutException">The last attempt exceeded its time limit.</exception>
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
            // While operations wait at the gate, others are started. So there may be more operations than are allowed to run at the same
            // time.
            yield return new ConcurrencyLimiter(_options.Batch!.Limit);
        }

        yield return _cooldown;
        if (_rateLimiter is not null)
        {
            yield return _rateLimiter;
        }

        if (_gate is not null)
        {
            yield return _gate.LastCheck;
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

    // A requested wait above the limit is not shortened, because the attempt after it would fail. It ends the operations of this pipeline.
    private RetryAdvice Limit(RetryAdvice advice) => advice.After > _options.LongestWait
        ? new RetryAdvice(Retry: false) { End = advice.StartsCooldown ? Reach.All : Reach.Group, IsCertain = true }
        : advice;

    private TimeSpan? SpanAfter(Exception failure) => _advise(failure) is { StartsCooldown: true } advice ? advice.After : null;

    // If the other side named no wait, the backoff of the operation that got the response is used for all.
    private void CoolDownWith(RetryNotice retry)
    {
        if (_advise(retry.Reason).StartsCooldown)
        {
            _cooldown.Extend(retry.Delay);
        }
    }

    private void PostponeAll(TimeSpan span) => _rateLimiter?.Postpone(span);
}
