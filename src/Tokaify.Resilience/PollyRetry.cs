using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;

namespace Tokaify.Resilience;

/// <summary>Runs the waits and further attempts after a first failure, with Polly.</summary>
internal sealed class PollyRetry
{
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Action<RetryNotice> _onRetry;
    private readonly int _maximumRetryCount;
    private readonly ResiliencePipeline _pipeline;

    public PollyRetry(RetryOptions options, Func<Exception, RetryAdvice> advise, Action<RetryNotice> onRetry, TimeProvider clock)
    {
        _advise = advise;
        _onRetry = onRetry;
        _maximumRetryCount = options.MaximumRetryCount;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaximumRetryCount,
            Delay = options.RetryInterval,
            MaxDelay = options.MaximumRetryInterval,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => new(!args.Context.CancellationToken.IsCancellationRequested && Advise(args.Outcome).Retry),
            DelayGenerator = args => new(Advise(args.Outcome).After),
            OnRetry = Announce,
        }).Build();
    }

    /// <summary>Continues after the first attempt of an operation has failed.</summary>
    public async Task<T> ContinueAsync<T>(Exception failure, Attempt first, Func<Attempt, Task<T>> next)
    {
        // Only the waits are cancelled; a running attempt is not.
        using var waits = CancellationTokenSource.CreateLinkedTokenSource(first.Cancellation, first.Ended);
        var context = ResilienceContextPool.Shared.Get(waits.Token);
        context.Properties.Set(Key.OnRetry, first.OnRetry);
        var last = ExceptionDispatchInfo.Capture(failure);
        var number = 0;
        try
        {
            return await _pipeline.ExecuteAsync(
                async _ =>
                {
                    // The first attempt has already been made, so its failure is thrown again.
                    if (++number == 1)
                    {
                        last.Throw();
                    }

                    try
                    {
                        return await next(first with { Number = number, IsLast = number > _maximumRetryCount }).ConfigureAwait(false);
                    }
                    catch (Exception exception) when (exception is not AttemptRefusedException)
                    {
                        last = ExceptionDispatchInfo.Capture(exception);
                        throw;
                    }
                },
                context).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is AttemptRefusedException or OperationCanceledException && !first.Cancellation.IsCancellationRequested)
        {
            last.Throw();
            throw;
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

    // This is a class of its own, because a class with a field of a Polly struct loads Polly as soon as it is loaded itself.
    private static class Key
    {
        public static readonly ResiliencePropertyKey<Action<RetryNotice>?> OnRetry = new("onRetry");
    }
}
