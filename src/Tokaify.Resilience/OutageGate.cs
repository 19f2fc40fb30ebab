using System.Runtime.ExceptionServices;

namespace Tokaify.Resilience;

/// <summary>Holds attempts during an outage of the other side. Polly's breaker would reject them. Here they wait, one at a time probes
/// whether the outage is over, and the waits and probes do not use up the attempts of an operation.</summary>
/// <remarks>
/// <para>An outage is a number of transient failures in a row, without a good response in between. Failures without any response count for
/// the other side as a whole, failures with a response count for their group.</para>
/// <para>If the last attempt of an operation fails in this way, the operation is suspected to have met an outage, and does not end before
/// that is known. A response to another operation means that there was no outage; enough further failures mean that there was one. If
/// neither can happen, <see cref="Dismiss"/> ends the wait.</para>
/// <para>A response to an attempt that began before an outage does not end the outage, however late it comes. If such an attempt fails as
/// the others did, it met the outage, even if the outage is over by then.</para>
/// </remarks>
internal sealed class OutageGate : IAttemptStrategy
{
    private readonly TimeProvider _clock;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Action<BatchNotice> _notify;
    private readonly Action<string, Exception> _onGivenUp;
    private readonly long _start;
    private readonly object _lock = new();
    private readonly OutageState _state;
    private readonly LinkedList<OutageTicket> _waiting = [];
    private TaskCompletionSource<bool> _changed = new();
    private int _suspects;

    // Whether no attempt has failed since the last response. In most batches no attempt fails, so this check is their only cost.
    private volatile bool _isCalm = true;

    /// <summary>Creates a gate that holds no attempt.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="advise">Returns the consequences of a failed attempt.</param>
    /// <param name="rules">The number of concurrent attempts, and the longest wait for the end of an outage.</param>
    /// <param name="firstPause">The pause before the first probe.</param>
    /// <param name="onGivenUp">Called with the group and the last failure if the wait is given up.</param>
    public OutageGate(
        TimeProvider clock,
        Func<Exception, RetryAdvice> advise,
        BatchRules rules,
        TimeSpan firstPause,
        Action<string, Exception> onGivenUp)
    {
        _clock = clock;
        _advise = advise;
        _notify = notice => rules.OnNotice?.Invoke(notice);
        _state = new OutageState(rules, firstPause);
        _onGivenUp = onGivenUp;
        _start = clock.GetTimestamp();
        LastCheck = new FinalCheck(this);
    }

    /// <summary>The strategy that runs right before an attempt. It checks again after all other waits, because an outage may have begun
    /// meanwhile.</summary>
    public IAttemptStrategy LastCheck { get; }

    /// <summary>The number of operations that wait here.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count + _suspects;
            }
        }
    }

    /// <summary>The number of operations that wait until it is known whether they met an outage.</summary>
    public int Suspects
    {
        get
        {
            lock (_lock)
            {
                return _suspects;
            }
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_start);

    /// <summary>Whether another operation of a group may start. During an outage, one more may start if only a single operation has failed
    /// so far. Otherwise only that operation would probe, and it may be the only one that cannot succeed.</summary>
    public bool MayStart(string group)
    {
        if (_isCalm)
        {
            return true;
        }

        lock (_lock)
        {
            return _state.HeldLine(group) is not { } line
                || (line is { HasSeveral: false, Prober: null } && _waiting.Count(each => IsHeldBy(each, line)) < 2);
        }
    }

    /// <summary>Whether attempts of a group are held, and others are not.</summary>
    public bool IsGroupHeld(string group)
    {
        lock (_lock)
        {
            return _state.HeldLine(group) is { Group.Length: > 0 };
        }
    }

    /// <summary>Declares that no other operation is running or will come: suspected operations end with their failures.</summary>
    public void Dismiss() => Change(_state.Dismiss);

    /// <summary>Declares that there is only one operation: it fails by its own attempts, and no attempt is held.</summary>
    public void TurnOff() => Change(() => _state.TurnOff(Now));

    /// <inheritdoc/>
    public async Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        var ticket = new OutageTicket(attempt);
        ExceptionDispatchInfo? last = null;
        while (true)
        {
            try
            {
                await PassAsync(attempt, ticket).ConfigureAwait(false);
                _state.Begin(ticket);
                var result = await next(attempt with { IsProbe = ticket.Probes is not null }).ConfigureAwait(false);
                Record(ticket, failure: null);
                return result;
            }
            catch (HeldException)
            {
                // The outage began while the attempt waited for another strategy.
            }
            catch (AttemptRefusedException)
            {
                CancelProbe(ticket);
                last?.Throw();
                throw;
            }
            catch (OperationCanceledException)
            {
                CancelProbe(ticket);
                throw;
            }
            catch (Exception exception)
            {
                var verdict = Record(ticket, exception);
                if (verdict == OutageVerdict.Fail
                    || (verdict == OutageVerdict.Suspect && !await WasOutageAsync(attempt, ticket).ConfigureAwait(false)))
                {
                    throw;
                }

                last = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    private OutageVerdict Record(OutageTicket ticket, Exception? failure)
    {
        var advice = failure is null ? default : _advise(failure);
        var verdict = OutageVerdict.Fail;
        if (!_isCalm || advice.Outage != Reach.Operation)
        {
            Change(() =>
            {
                verdict = _state.Judge(ticket, failure, advice, Now);
                // The operation counts as waiting from now on, before listeners are notified of the change.
                _suspects += verdict == OutageVerdict.Suspect ? 1 : 0;
                if (verdict == OutageVerdict.Repeat)
                {
                    _waiting.AddLast(ticket);
                }

                // The gate is not calm while operations wait: they have to run this code, so that they are no longer counted as waiting.
                _isCalm = _state.IsCalm && _suspects == 0 && _waiting.Count == 0;
            });
        }

        return verdict;
    }

    // Waits as long as the attempt is held, unless it is the probe.
    private async Task PassAsync(Attempt attempt, OutageTicket ticket)
    {
        if (_isCalm)
        {
            return;
        }

        try
        {
            while (!MayPass(ticket, out var changed, out var left))
            {
                await WaitAsync(attempt, changed, left).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(ticket);
            }
        }
    }

    // The operation that has waited longest is the next probe.
    private bool MayPass(OutageTicket ticket, out Task changed, out TimeSpan left)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            left = Timeout.InfiniteTimeSpan;
            if (_state.HeldLine(ticket.Group) is not { } line)
            {
                return true;
            }

            if (!_waiting.Contains(ticket))
            {
                _waiting.AddLast(ticket);
            }

            if (line.Prober is not null || _waiting.First(each => IsHeldBy(each, line)) != ticket)
            {
                return false;
            }

            var pause = line.ProbeAt - Now;
            if (pause > TimeSpan.Zero)
            {
                left = pause + TimeSpan.FromMilliseconds(1);
                return false;
            }

            line.Prober = ticket;
            ticket.Probes = line;
            return true;
        }
    }

    private async Task<bool> WasOutageAsync(Attempt attempt, OutageTicket ticket)
    {
        try
        {
            bool? verdict;
            while ((verdict = VerdictOn(ticket, out var changed)) is null)
            {
                await WaitAsync(attempt, changed, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            }

            return verdict.Value;
        }
        catch (AttemptRefusedException)
        {
            return false;
        }
        finally
        {
            lock (_lock)
            {
                _suspects--;
            }
        }
    }

    private bool? VerdictOn(OutageTicket ticket, out Task changed)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            return ticket.Verdict(_state.Dismissals);
        }
    }

    private Task WaitAsync(Attempt attempt, Task changed, TimeSpan left) => attempt.WaitAsync(
        token => Task.WhenAny(changed, _clock.DelayAsync(left, token)));

    // The probe was not made, so another operation may probe.
    private void CancelProbe(OutageTicket ticket)
    {
        if (ticket.Probes is { } line)
        {
            Change(() =>
            {
                ticket.Probes = null;
                line.Prober = line.Prober == ticket ? null : line.Prober;
            });
        }
    }

    // Waiting attempts and listeners continue on this thread, so they are released after the lock.
    private void Change(Action change)
    {
        TaskCompletionSource<bool> changed;
        List<BatchNotice> notices;
        List<OutageLine> givenUp;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, new TaskCompletionSource<bool>());
            notices = [.. _state.Notices];
            givenUp = [.. _state.GivenUp];
            _state.Notices.Clear();
            _state.GivenUp.Clear();
        }

        givenUp.ForEach(line => _onGivenUp(line.Group, line.Last!));
        notices.ForEach(_notify);
        changed.SetResult(true);
    }

    private bool IsHeldBy(OutageTicket ticket, OutageLine line) => _state.HeldLine(ticket.Group) == line;

    private bool IsHeld(string group)
    {
        lock (_lock)
        {
            return _state.HeldLine(group) is not null;
        }
    }

    private sealed class FinalCheck(OutageGate gate) : IAttemptStrategy
    {
        public Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next) =>
            !gate._isCalm && !attempt.IsProbe && gate.IsHeld(attempt.Group) ? throw new HeldException() : next(attempt);
    }
}

/// <summary>An attempt was not made, because an outage began while it waited for something else. The gate repeats the attempt.</summary>
internal sealed class HeldException : Exception;
