using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;

namespace Tokaify.Resilience;

/// <summary>The waits and further attempts after a first failure: Polly's.</summary>
internal sealed class Backoff
{
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly HoldBack _holdBack;
    private readonly ResiliencePipeline _pipeline;

    public Backoff(RetryOptions options, Func<Exception, RetryAdvice> advise, HoldBack holdBack)
    {
        _advise = advise;
        _holdBack = holdBack;
        _pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaximumRetryCount,
            Delay = options.RetryInterval,
            MaxDelay = options.MaximumRetryInterval,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => new(Advise(args.Outcome).Retry),
            DelayGenerator = args => new(Cap(Advise(args.Outcome).After, options.MaximumRetryInterval)),
            OnRetry = Announce,
        }).Build();
    }

    /// <summary>Goes on after an operation's first attempt has failed.</summary>
    public async Task<T> ExecuteAsync<T>(
        Exception failure,
        Func<int, CancellationToken, Task<T>> attempt,
        Action<RetryNotice>? onRetry,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Key.OnRetry, onRetry);
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

                    return await attempt(number, outer.CancellationToken).ConfigureAwait(false);
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
        if (Advise(retry.Outcome).HoldBackAll)
        {
            _holdBack.Extend(retry.RetryDelay);
        }

        retry.Context.Properties.GetValue(Key.OnRetry, null)?.Invoke(
            new RetryNotice(retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception!));
        return default;
    }

    private RetryAdvice Advise(Outcome<object> outcome) => outcome.Exception is { } exception ? _advise(exception) : default;

    private static TimeSpan? Cap(TimeSpan? delay, TimeSpan most) => delay > most ? most : delay;

    // Apart from the class itself: a struct of Polly's among its fields would have Polly loaded as soon as the class is.
    private static class Key
    {
        public static readonly ResiliencePropertyKey<Action<RetryNotice>?> OnRetry = new("onRetry");
    }
}
