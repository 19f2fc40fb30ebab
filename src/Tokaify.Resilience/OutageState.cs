namespace Tokaify.Resilience;

/// <summary>What a failure at the <see cref="OutageGate"/> means.</summary>
internal enum OutageVerdict
{
    /// <summary>It is the attempt's own.</summary>
    Fail,

    /// <summary>It is an outage's: the attempt does not count.</summary>
    Repeat,

    /// <summary>It is not known yet which.</summary>
    Suspect,
}

/// <summary>Which outages there are, by the attempts that failed. Not for several threads at once, <see cref="Begin"/> apart.</summary>
/// <param name="rules">How many attempts run at once, and how long an outage is waited for.</param>
/// <param name="firstPause">The pause before the first one asks.</param>
internal sealed class OutageState(BatchRules rules, TimeSpan firstPause)
{
    private const int FewestFailures = 3;

    private readonly OutageLine _all = new("");
    private readonly Dictionary<string, OutageLine> _groups = [];
    private long _begun;

    /// <summary>The number of attempts that were begun.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>What is to be told.</summary>
    public List<BatchNotice> News { get; } = [];

    /// <summary>Those that were waited for in vain.</summary>
    public List<OutageLine> GivenUp { get; } = [];

    /// <summary>Whether nothing is held, ever again.</summary>
    public bool IsOff { get; private set; }

    /// <summary>How often those under suspicion were dismissed.</summary>
    public int Dismissals { get; private set; }

    /// <summary>Whether nothing has failed since the last response.</summary>
    public bool IsCalm => _all.Failures == 0 && _groups.Values.All(line => line.Failures == 0);

    /// <summary>What holds attempts of a group; null for nothing.</summary>
    public OutageLine? HeldLine(string group) =>
        _all.IsHeld ? _all : _groups.TryGetValue(group, out var line) && line.IsHeld ? line : null;

    /// <summary>An attempt is begun. On any thread.</summary>
    public void Begin(OutageTicket ticket) => ticket.Begun = Interlocked.Increment(ref _begun);

    /// <summary>Those under suspicion have met no outage, as far as can be known.</summary>
    public void Dismiss() => Dismissals++;

    /// <summary>Holds nothing any more.</summary>
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

    /// <summary>Takes note of how an attempt ended.</summary>
    /// <param name="ticket">The attempt.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    /// <param name="advice">What the failure says.</param>
    /// <param name="now">The time.</param>
    public OutageVerdict Judge(OutageTicket ticket, Exception? failure, RetryAdvice advice, TimeSpan now)
    {
        var asked = ticket.Asks?.Prober == ticket ? ticket.Asks : null;
        ticket.Asks = null;
        if (asked == _all && advice.Outage == Reach.Group && !IsOff)
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
        if (!line.IsHeld && ticket.Begun <= line.BegunWithin && !IsOff)
        {
            return OutageVerdict.Repeat;
        }

        line.Count(ticket.Operation, failure!);
        if (asked is not null && asked.IsHeld)
        {
            Postpone(asked, advice.After, now);
        }

        return Decide(ticket, line, advice.After, now);
    }

    private OutageVerdict Decide(OutageTicket ticket, OutageLine line, TimeSpan? wish, TimeSpan now)
    {
        if (IsOff)
        {
            return OutageVerdict.Fail;
        }

        if (!line.IsHeld && line.Failures >= Math.Max(FewestFailures, rules.Limit))
        {
            line.Hold(Begun, now, now, firstPause, wish, rules.MaximumOutage);
            AnnounceHolding(line, isNew: true, now);
        }

        if (line.IsHeld)
        {
            // After the last one that asked, there is nothing left to wait for.
            return GivenUp.Contains(line) ? OutageVerdict.Fail : OutageVerdict.Repeat;
        }

        if (!ticket.IsLast)
        {
            return OutageVerdict.Fail;
        }

        ticket.Suspect(line, Begun, Dismissals);
        News.Add(new BatchNotice.Suspected(ticket.Group));
        return OutageVerdict.Suspect;
    }

    // The other side can be reached again, and is as little use as before: the outage goes on as one of the group.
    private void Shift(OutageTicket ticket, Exception failure, TimeSpan? wish, TimeSpan now)
    {
        var since = _all.Since;
        _all.Recover(ticket.Begun, Begun);
        var line = LineOf(ticket.Group);
        line.Count(ticket.Operation, failure);
        line.Hold(Begun, since, now, firstPause, wish, rules.MaximumOutage);
        AnnounceHolding(line, isNew: false, now);
    }

    private void Postpone(OutageLine line, TimeSpan? wish, TimeSpan now)
    {
        if (line.Postpone(now, wish, rules.MaximumOutage))
        {
            AnnounceHolding(line, isNew: false, now);
        }
        else
        {
            GivenUp.Add(line);
        }
    }

    // A connection that was there before may still serve while new ones are refused: only who asked since then knows.
    private void Recover(OutageLine line, long begun, TimeSpan now)
    {
        if (!line.IsHeld || begun > line.BegunBefore)
        {
            End(line, begun, now);
        }
    }

    private void End(OutageLine line, long begun, TimeSpan now)
    {
        if (line.IsHeld)
        {
            News.Add(new BatchNotice.Resumed(line.Group, now - line.Since));
        }

        line.Recover(begun, Begun);
    }

    private void AnnounceHolding(OutageLine line, bool isNew, TimeSpan now) => News.Add(new BatchNotice.Holding(
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
