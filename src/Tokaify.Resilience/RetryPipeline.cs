using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Tokaify.Resilience;

/// <summary>Runs operations with retries, a time limit for each attempt, and one brake for all of them.</summary>
/// <remarks>The only public face of this assembly, and no type of Polly is in its signatures: so the module can load
/// both out of the way of another module's Polly.</remarks>
public sealed class RetryPipeline
{
    private static readonly ResiliencePropertyKey<Action<RetryNotice>> s_onRetry = new("onRetry");

    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly ResiliencePipeline _retry;
    private readonly ResiliencePipeline _timeout;
    private readonly HoldBack _holdBack = new();
    private readonly TimeSpan _longest;

    /// <summary>Makes a pipeline that its operations share.</summary>
    /// <param name="options">Counts and times.</param>
    /// <param name="advise">Judges a failed attempt; an attempt that took too long comes as a <see cref="TimeoutException"/>.</param>
    public RetryPipeline(RetryOptions options, Func<Exception, RetryAdvice> advise)
    {
        _advise = advise;
        _longest = options.MaximumRetryInterval;
        _retry = BuildRetry(options);
        _timeout = options.AttemptTimeout > TimeSpan.Zero
            ? new ResiliencePipelineBuilder().AddTimeout(options.AttemptTimeout).Build()
            : ResiliencePipeline.Empty;
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
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(s_onRetry, onRetry ?? (_ => { }));
        var number = 0;
        try
        {
            return await _retry.ExecuteAsync(async outer =>
            {
                await _holdBack.WaitAsync(outer.CancellationToken).ConfigureAwait(false);
                number++;
                try
                {
                    return await _timeout.ExecuteAsync(
                        async token => await attempt(number, token).ConfigureAwait(false),
                        outer.CancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    HoldBackAfter(exception);
                    throw;
                }
            }, context).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw AsTimeout(exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // Also after the last attempt of an operation: the others have theirs before them.
    private void HoldBackAfter(Exception exception)
    {
        var advice = Advise(exception);
        if (advice.HoldBackAll && Cap(advice.After, _longest) is { } span)
        {
            _holdBack.Extend(span);
        }
    }

    private ResiliencePipeline BuildRetry(RetryOptions options)
    {
        if (options.MaximumRetryCount <= 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaximumRetryCount,
            Delay = options.RetryInterval,
            MaxDelay = options.MaximumRetryInterval,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => new(Advise(args.Outcome.Exception).Retry),
            DelayGenerator = args => new(Cap(Advise(args.Outcome.Exception).After, options.MaximumRetryInterval)),
            OnRetry = args =>
            {
                // Where the other side asked for no span, this one's is as good as any.
                if (Advise(args.Outcome.Exception).HoldBackAll)
                {
                    _holdBack.Extend(args.RetryDelay);
                }

                args.Context.Properties.GetValue(s_onRetry, null!)(
                    new RetryNotice(args.AttemptNumber + 1, args.RetryDelay, Translate(args.Outcome.Exception!)));
                return default;
            },
        }).Build();
    }

    private RetryAdvice Advise(Exception? exception) => exception is null ? default : _advise(Translate(exception));

    private static TimeSpan? Cap(TimeSpan? delay, TimeSpan most) => delay > most ? most : delay;

    private static Exception Translate(Exception exception) =>
        exception is TimeoutRejectedException timeout ? AsTimeout(timeout) : exception;

    private static TimeoutException AsTimeout(TimeoutRejectedException exception) =>
        new($"The attempt took longer than {exception.Timeout.TotalSeconds:0.###} seconds.");
}
