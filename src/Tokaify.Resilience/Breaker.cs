namespace Tokaify.Resilience;

/// <summary>Makes no attempt any more once none can succeed: after one failure that is certain, else after three in a row with no
/// success between. What may pass neither counts nor starts the count anew.</summary>
/// <remarks>Polly's breaker closes again after a while and counts rates; this one stays as it is.</remarks>
/// <param name="advise">Judges a failed attempt.</param>
/// <param name="tell">Told when it opens.</param>
internal sealed class Breaker(Func<Exception, RetryAdvice> advise, Action<BatchNotice> tell) : IAttemptStrategy
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
            Forget(attempt.Group);
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Note(attempt.Group, exception);
            throw;
        }
    }

    /// <summary>Why no attempt of a group can succeed; null where one may.</summary>
    public Exception? CauseFor(string group)
    {
        lock (_circuits)
        {
            return CircuitOf(All).Cause ?? CircuitOf(group).Cause;
        }
    }

    /// <summary>Ends when no attempt of a group can succeed any more.</summary>
    public CancellationToken TokenFor(string group)
    {
        lock (_circuits)
        {
            return CircuitOf(group).Ended.Token;
        }
    }

    /// <summary>Lets no attempt pass any more.</summary>
    /// <param name="group">The group that it concerns; empty for all.</param>
    /// <param name="cause">Why.</param>
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

        // What waits goes on right here, and may come back to this object.
        ended.ForEach(circuit => circuit.Ended.Cancel());
        tell(new BatchNotice.Ended(group, cause));
    }

    private void Note(string group, Exception exception)
    {
        var advice = advise(exception);
        if (advice.IsWorking)
        {
            Forget(group);
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

    private void Forget(string group)
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

        // Never let go of: those that wait may outlive the batch by a moment, and it has no timer.
        public CancellationTokenSource Ended { get; } = new();
    }
}
