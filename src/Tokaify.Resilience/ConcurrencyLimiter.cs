namespace Tokaify.Resilience;

/// <summary>Limits the number of attempts that run at the same time; the others wait in their order.</summary>
/// <param name="limit">The greatest number of attempts.</param>
internal sealed class ConcurrencyLimiter(int limit) : IAttemptStrategy
{
    private readonly LinkedList<TaskCompletionSource<bool>> _waiting = [];
    private int _running;

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        if (Enter() is { } turn)
        {
            await WaitAsync(attempt, turn).ConfigureAwait(false);
        }

        try
        {
            return await next(attempt).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    // Returns null if the attempt need not wait.
    private TaskCompletionSource<bool>? Enter()
    {
        lock (_waiting)
        {
            if (_running < limit)
            {
                _running++;
                return null;
            }

            return _waiting.AddLast(new TaskCompletionSource<bool>()).Value;
        }
    }

    private async Task WaitAsync(Attempt attempt, TaskCompletionSource<bool> turn)
    {
        try
        {
            await attempt.WaitAsync(token => Task.WhenAny(turn.Task, Task.Delay(Timeout.InfiniteTimeSpan, token))).ConfigureAwait(false);
        }
        catch
        {
            GiveUp(turn);
            throw;
        }
    }

    private void GiveUp(TaskCompletionSource<bool> turn)
    {
        bool hadItsTurn;
        lock (_waiting)
        {
            hadItsTurn = !_waiting.Remove(turn);
        }

        if (hadItsTurn)
        {
            Leave();
        }
    }

    // The next waiting attempt takes the place of the one that leaves.
    private void Leave()
    {
        TaskCompletionSource<bool>? next;
        lock (_waiting)
        {
            next = _waiting.First?.Value;
            if (next is null)
            {
                _running--;
                return;
            }

            _waiting.RemoveFirst();
        }

        next.SetResult(true);
    }
}
