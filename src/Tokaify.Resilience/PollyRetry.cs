using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;

namespace Tokaify.Resilience;

/// <summary>The waits and further attempts after a first failure: Polly's.</summary>
internal sealed class PollyRetry
{
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Action<RetryNotice> _onRetry;
    private readonly ResiliencePipeline _pipeline;

    public PollyRetry(RetryOptions options, Func<Exception, RetryAdvice> advise, Action<RetryNotice> onRetry, TimeProvider clock)
    {
        _advise = advise;
        _onRetry = onRetry;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaximumRetryCount,
            Delay = options.RetryInterval,
            MaxDelay = options.MaximumRetryInterval,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => new(Advise(args.Outcome).Retry),
            DelayGenerator = args => new(options.Cap(Advise(args.Outcome).After)),
            OnRetry = Announce,
        }).Build();
    }

    /// <summary>Goes on after an operation's first attempt has failed.</summary>
    public async Task<T> ContinueAsync<T>(Exception failure, Attempt first, Func<Attempt, Task<T>> next)
    {
        var context = ResilienceContextPool.Shared.Get(first.Cancellation);
        context.Properties.Set(Key.OnRetry, first.OnRetry);
        var number = 0;
        try
        {
            return await _pipeline.ExecuteAsync(
                async outer =>
                {
                    // What Polly takes for the first attempt has been made.
                    if (++number == 1)
                    {
                        ExceptionDispatchInfo.Capture(failure).Throw();
                    }

                    return await next(first with { Number = number, Cancellation = outer.CancellationToken }).ConfigureAwait(false);
                },
                context).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ValueTask Announce(OnRetryArguments<object> retry)
    {
        var notice = new RetryNotice(retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception!);
        _onRetry(notice);
        retry.Context.Properties.GetValue(Key.OnRetry, null)?.Invoke(notice);
        return default;
    }

    private RetryAdvice Advise(Outcome<object> outcome) => outcome.Exception is { } exception ? _advise(exception) : default;

    // Apart from the class itself: a struct of Polly's among its fields would have Polly loaded as soon as the class is.
    private static class Key
    {
        public static readonly ResiliencePropertyKey<Action<RetryNotice>?> OnRetry = new("onRetry");
    }
}
