namespace Tokaify.Resilience;

/// <summary>The meaning of a failure at the <see cref="OutageGate"/>.</summary>
internal enum OutageVerdict
{
    /// <summary>The failure belongs to the attempt.</summary>
    Fail,

    /// <summary>The failure belongs to an outage, so the attempt does not count.</summary>
    Repeat,

    /// <summary>It is not known yet whether the failure belongs to an outage.</summary>
    Suspect,
}

/// <summary>Detects outages by the attempts that fail. Not thread-safe, except <see cref="Begin"/>.</summary>
/// <param name="rules">The number of concurrent attempts, and the longest wait for the end of an outage.</param>
/// <param name="firstPause">The pause before the first probe.</param>
internal sealed class OutageState(BatchRules rules, TimeSpan firstPause)
{
    private const int FewestFailures = 3;

    private readonly OutageLine _all = new("");
    private readonly Dictionary<string, OutageLine> _groups = [];
    private long _begun;

    /// <summary>The number of attempts that have begun.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>The notices that have to be sent.</summary>
    public List<BatchNotice> Notices { get; } = [];

    /// <summary>The outages whose end is no longer awaited.</summary>
    public List<OutageLine> GivenUp { get; } = [];

    /// <summary>Whether the gate is turned off permanently.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The number of calls of <see cref="Dismiss"/>.</summary>
    public int Dismissals { get; private set; }

    /// <summary>Whether no attempt has failed since the last response.</summary>
    public bool IsCalm => _all.Failures == 0 && _groups.Values.All(line => line.Failures == 0);

    /// <summary>Returns the outage that holds the attempts of a group; null if there is none.</summary>
    public OutageLine? HeldLine(string group) =>
        _all.IsHeld ? _all : _groups.TryGetValue(group, out var line) && line.IsHeld ? line : null;

    /// <summary>Records that an attempt begins. Thread-safe.</summary>
    public void Begin(OutageTicket ticket) => ticket.Begun = Interlocked.Increment(ref _begun);

    /// <summary>Decides that the suspected operations have not met an outage.</summary>
    public void Dismiss() => Dismissals++;

    /// <summary>Turns the gate off.</summary>
    public void TurnOff(TimeSpan now)
    {
        IsOff = true;
        Dismiss();
        End(_all, 0, now);
        foreach (var line in _groups.Values)
        {
            End(line, 0, now);
        }
    }

    /// <summary>Records the end of an attempt.</summary>
    /// <param name="ticket">The attempt.</param>
    /// <param name="failure">Why it failed; null if it succeeded.</param>
    /// <param name="advice">The consequences of the failure.</param>
    /// <param name="now">The time.</param>
    public OutageVerdict Judge(OutageTicket ticket, Exception? failure, RetryAdvice advice, TimeSpan now)
    {
        var probed = ticket.Probes?.Prober == ticket ? ticket.Probes : null;
        ticket.Probes = null;
        if (probed == _all && advice.Outage == Reach.Group && !IsOff)
        {
            Shift(ticket, failure!, advice.After, now);
            return OutageVerdict.Repeat;
        }

        if (advice.Outage != Reach.All)
        {
            Recover(_all, ticket.Begun, now);
        }

        if (advice.Outage == Reach.Operation)
        {
            Recover(LineOf(ticket.Group), ticket.Begun, now);
            return OutageVerdict.Fail;
        }

        var line = advice.Outage == Reach.All ? _all : LineOf(ticket.Group);
        if (!line.IsHeld && ticket.Begun <= line.BegunBeforeEnd && !IsOff)
        {
            return OutageVerdict.Repeat;
        }

        line.Count(ticket.Operation, failure!);
        if (probed is not null && probed.IsHeld)
        {
            Postpone(probed, advice.After, now);
        }

        return Decide(ticket, line, advice.After, now);
    }

    private OutageVerdict Decide(OutageTicket ticket, OutageLine line, TimeSpan? requestedWait, TimeSpan now)
    {
        if (IsOff)
        {
            return OutageVerdict.Fail;
        }

        if (!line.IsHeld && line.Failures >= Math.Max(FewestFailures, rules.Limit))
        {
            line.Hold(Begun, now, now, firstPause, requestedWait, rules.MaximumOutage);
            AnnounceHolding(line, isNew: true, now);
        }

        if (line.IsHeld)
        {
            // After the last probe, there is no further wait.
            return GivenUp.Contains(line) ? OutageVerdict.Fail : OutageVerdict.Repeat;
        }

        if (!ticket.IsLast)
        {
            return OutageVerdict.Fail;
        }

        ticket.Suspect(line, Begun, Dismissals);
        Notices.Add(new BatchNotice.Suspected(ticket.Group));
        return OutageVerdict.Suspect;
    }

    // The other side can be reached again, but still fails, so the outage continues as one of the group.
    private void Shift(OutageTicket ticket, Exception failure, TimeSpan? requestedWait, TimeSpan now)
    {
        var since = _all.Since;
        _all.Recover(ticket.Begun, Begun);
        var line = LineOf(ticket.Group);
        line.Count(ticket.Operation, failure);
        line.Hold(Begun, since, now, firstPause, requestedWait, rules.MaximumOutage);
        AnnounceHolding(line, isNew: false, now);
    }

    private void Postpone(OutageLine line, TimeSpan? requestedWait, TimeSpan now)
    {
        if (line.Postpone(now, requestedWait, rules.MaximumOutage))
        {
            AnnounceHolding(line, isNew: false, now);
        }
        else
        {
            GivenUp.Add(line);
        }
    }

    // An old connection may still work while new ones are refused, so only attempts that began after the outage show that it is over.
    private void Recover(OutageLine line, long begun, TimeSpan now)
    {
        if (!line.IsHeld || begun > line.BegunBeforeHold)
        {
            End(line, begun, now);
        }
    }

    private void End(OutageLine line, long begun, TimeSpan now)
    {
        if (line.IsHeld)
        {
            Notices.Add(new BatchNotice.Resumed(line.Group, now - line.Since));
        }

        line.Recover(begun, Begun);
    }

    private void AnnounceHolding(OutageLine line, bool isNew, TimeSpan now) => Notices.Add(new BatchNotice.Holding(
        line.Group, line.Last!, isNew, line.ProbeAt - now, line.Since + rules.MaximumOutage - now));

    private OutageLine LineOf(string group)
    {
        if (!_groups.TryGetValue(group, out var line))
        {
            _groups[group] = line = new OutageLine(group);
        }

        return line;
    }
}
