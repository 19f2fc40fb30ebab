using System.Runtime.ExceptionServices;

namespace Tokaify.Resilience;

/// <summary>Holds attempts while the other side is away. Polly's breaker would reject them; here they wait, one at a time asks whether it
/// is over, and none of that uses up an operation's attempts.</summary>
/// <remarks>
/// <para>An outage is a number of failures in a row that may pass, with no response between: those without any response count for the
/// other side as a whole, those with one for each group.</para>
/// <para>An operation that meets such a failure in its last attempt is suspected to have met an outage, and does not end before that is
/// known: a response to another one says that it was none, enough further failures that it was, and where neither can come,
/// <see cref="Dismiss"/>.</para>
/// <para>What was begun before an outage says nothing of it by a response, however late that comes; and where it fails as the others
/// did, it met the outage, even if that is over by then.</para>
/// </remarks>
internal sealed class OutageGate : IAttemptStrategy
{
    private readonly TimeProvider _clock;
    private readonly Func<Exception, RetryAdvice> _advise;
    private readonly Action<BatchNotice> _tell;
    private readonly Action<string, Exception> _onGivenUp;
    private readonly long _start;
    private readonly object _lock = new();
    private readonly OutageState _state;
    private readonly LinkedList<OutageTicket> _waiting = [];
    private TaskCompletionSource<bool> _changed = new();
    private int _suspects;

    // Nothing has failed since the last response: most batches never come further, and pay for no more than this look.
    private volatile bool _isCalm = true;

    /// <summary>Makes one that holds nothing.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="advise">Judges a failed attempt.</param>
    /// <param name="rules">How many run at once, and how long an outage is waited for.</param>
    /// <param name="firstPause">The pause before the first one asks.</param>
    /// <param name="onGivenUp">Told of the group and the last failure where the wait was in vain.</param>
    public OutageGate(
        TimeProvider clock,
        Func<Exception, RetryAdvice> advise,
        BatchRules rules,
        TimeSpan firstPause,
        Action<string, Exception> onGivenUp)
    {
        _clock = clock;
        _advise = advise;
        _tell = notice => rules.OnNotice?.Invoke(notice);
        _state = new OutageState(rules, firstPause);
        _onGivenUp = onGivenUp;
        _start = clock.GetTimestamp();
        Threshold = new LastLook(this);
    }

    /// <summary>Stands right before an attempt is made, behind everything else that makes it wait: an outage may have begun meanwhile.</summary>
    public IAttemptStrategy Threshold { get; }

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

    /// <summary>The number of those that wait to know what they met.</summary>
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

    /// <summary>Whether another operation of a group may start. During an outage one may where a single one has failed so far: else that
    /// one alone would ask whether it is over, and it may be the one that cannot succeed.</summary>
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

    /// <summary>No other operation will come or is running: those that wait to know what they met end in their failures.</summary>
    public void Dismiss() => Change(_state.Dismiss);

    /// <summary>There is one operation in all: it fails by its own attempts, and nothing is held.</summary>
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
                var result = await next(attempt with { IsProbe = ticket.Asks is not null }).ConfigureAwait(false);
                Hear(ticket, failure: null);
                return result;
            }
            catch (HeldException)
            {
                // It waited for something else while the outage began.
            }
            catch (AttemptRefusedException)
            {
                StepBack(ticket);
                last?.Throw();
                throw;
            }
            catch (OperationCanceledException)
            {
                StepBack(ticket);
                throw;
            }
            catch (Exception exception)
            {
                var verdict = Hear(ticket, exception);
                if (verdict == OutageVerdict.Fail
                    || (verdict == OutageVerdict.Suspect && !await WasOutageAsync(attempt, ticket).ConfigureAwait(false)))
                {
                    throw;
                }

                last = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    private OutageVerdict Hear(OutageTicket ticket, Exception? failure)
    {
        var advice = failure is null ? default : _advise(failure);
        var verdict = OutageVerdict.Fail;
        if (!_isCalm || advice.Outage != Reach.Operation)
        {
            Change(() =>
            {
                verdict = _state.Judge(ticket, failure, advice, Now);
                // It waits from now on, for all who are told of what has changed.
                _suspects += verdict == OutageVerdict.Suspect ? 1 : 0;
                if (verdict == OutageVerdict.Repeat)
                {
                    _waiting.AddLast(ticket);
                }

                // Also who waits has to come by, to be counted no longer.
                _isCalm = _state.IsCalm && _suspects == 0 && _waiting.Count == 0;
            });
        }

        return verdict;
    }

    // Waits as long as the attempt is held, unless it is the one that asks.
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

    // Who has waited longest asks next.
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
            ticket.Asks = line;
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

    // It did not come to ask: another one may.
    private void StepBack(OutageTicket ticket)
    {
        if (ticket.Asks is { } line)
        {
            Change(() =>
            {
                ticket.Asks = null;
                line.Prober = line.Prober == ticket ? null : line.Prober;
            });
        }
    }

    // Waiting attempts and listeners continue on this thread, so this comes after the lock.
    private void Change(Action change)
    {
        TaskCompletionSource<bool> changed;
        List<BatchNotice> news;
        List<OutageLine> givenUp;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, new TaskCompletionSource<bool>());
            news = [.. _state.News];
            givenUp = [.. _state.GivenUp];
            _state.News.Clear();
            _state.GivenUp.Clear();
        }

        givenUp.ForEach(line => _onGivenUp(line.Group, line.Last!));
        news.ForEach(_tell);
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

    private sealed class LastLook(OutageGate gate) : IAttemptStrategy
    {
        public Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next) =>
            !gate._isCalm && !attempt.IsProbe && gate.IsHeld(attempt.Group) ? throw new HeldException() : next(attempt);
    }
}

/// <summary>An attempt was not made, because an outage began while it waited for something else. The gate repeats it.</summary>
internal sealed class HeldException : Exception;
