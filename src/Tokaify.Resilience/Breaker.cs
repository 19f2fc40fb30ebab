namespace Tokaify.Resilience;

/// <summary>Stops all attempts when no attempt can succeed any more: after one certain failure, or after three permanent failures in a row
/// without a success in between. Transient failures neither count nor reset the count.</summary>
/// <remarks>It is not Polly's breaker, which counts rates and closes again after some time. This one stays open.</remarks>
/// <param name="advise">Returns the consequences of a failed attempt.</param>
/// <param name="onOpened">Called when it opens.</param>
internal sealed class Breaker(Func<Exception, RetryAdvice> advise, Action<BatchNotice> onOpened) : IAttemptStrategy
{
    private const string All = "";
    private const int FailuresInARow = 3;

    private readonly Dictionary<string, Circuit> _circuits = [];
    private volatile bool _hasFailures;

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        if (CauseFor(attempt.Group) is not null)
        {
            throw new AttemptRefusedException();
        }

        try
        {
            var result = await next(attempt).ConfigureAwait(false);
            ResetFailures(attempt.Group);
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            RecordFailure(attempt.Group, exception);
            throw;
        }
    }

    /// <summary>Returns why no attempt of a group can succeed; null if an attempt may succeed.</summary>
    public Exception? CauseFor(string group)
    {
        lock (_circuits)
        {
            return CircuitOf(All).Cause ?? CircuitOf(group).Cause;
        }
    }

    /// <summary>Returns a token that is cancelled when no attempt of a group can succeed any more.</summary>
    public CancellationToken TokenFor(string group)
    {
        lock (_circuits)
        {
            return CircuitOf(group).Ended.Token;
        }
    }

    /// <summary>Stops all further attempts.</summary>
    /// <param name="group">The group that it concerns; empty for all.</param>
    /// <param name="cause">The reason.</param>
    public void Open(string group, Exception cause)
    {
        List<Circuit> ended;
        lock (_circuits)
        {
            var circuit = CircuitOf(group);
            if (circuit.Cause is not null)
            {
                return;
            }

            circuit.Cause = cause;
            ended = group == All ? [.. _circuits.Values] : [circuit];
        }

        // This is done after the lock, because waiting code continues in this call and may use this object.
        ended.ForEach(circuit => circuit.Ended.Cancel());
        onOpened(new BatchNotice.Ended(group, cause));
    }

    private void RecordFailure(string group, Exception exception)
    {
        var advice = advise(exception);
        if (advice.IsWorking)
        {
            ResetFailures(group);
        }

        if (advice.End == Reach.Operation)
        {
            return;
        }

        var key = advice.End == Reach.All ? All : group;
        bool opens;
        lock (_circuits)
        {
            _hasFailures = true;
            opens = ++CircuitOf(key).Failures >= FailuresInARow || advice.IsCertain;
        }

        if (opens)
        {
            Open(key, exception);
        }
    }

    private void ResetFailures(string group)
    {
        if (_hasFailures)
        {
            lock (_circuits)
            {
                CircuitOf(All).Failures = 0;
                CircuitOf(group).Failures = 0;
            }
        }
    }

    private Circuit CircuitOf(string group)
    {
        if (!_circuits.TryGetValue(group, out var circuit))
        {
            _circuits[group] = circuit = new Circuit();
            if (group != All && CircuitOf(All).Cause is not null)
            {
                circuit.Ended.Cancel();
            }
        }

        return circuit;
    }

    private sealed class Circuit
    {
        public int Failures { get; set; }

        public Exception? Cause { get; set; }

        // It is not disposed of: waiting code may run a little longer than the batch, and a source without a timer holds no resources.
        public CancellationTokenSource Ended { get; } = new();
    }
}
