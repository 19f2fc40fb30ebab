namespace Tokaify.Resilience;

/// <summary>What is known of one outage that may be: of the other side as a whole, or of one group.</summary>
/// <param name="group">The group; empty for the other side as a whole.</param>
internal sealed class OutageLine(string group)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    /// <summary>The group; empty for the other side as a whole.</summary>
    public string Group { get; } = group;

    /// <summary>The failures in a row, with no response between.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether they are failures of several operations.</summary>
    public bool HasSeveral { get; private set; }

    /// <summary>The last failure.</summary>
    public Exception? Last { get; private set; }

    /// <summary>The number of the latest attempt, by when they were begun, that got a response.</summary>
    public long LastResponded { get; private set; }

    /// <summary>Whether attempts are held.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Since when they are.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>The number of attempts that were begun before it was last held: a response to one of them says nothing of the time
    /// since.</summary>
    public long BegunBefore { get; private set; }

    /// <summary>The number of attempts that were begun before it was last over: where one of them fails as those did, it met the same
    /// outage.</summary>
    public long BegunWithin { get; private set; }

    /// <summary>When the next one may ask whether it is over.</summary>
    public TimeSpan ProbeAt { get; private set; }

    /// <summary>Which one is asking; null for none.</summary>
    public object? Prober { get; set; }

    private TimeSpan _pause;
    private object? _operation;

    /// <summary>An attempt has failed.</summary>
    /// <param name="operation">What it was an attempt of.</param>
    /// <param name="failure">Why.</param>
    public void Count(object operation, Exception failure)
    {
        Failures++;
        Last = failure;
        HasSeveral |= _operation is not null && _operation != operation;
        _operation = operation;
    }

    /// <summary>Holds attempts.</summary>
    /// <param name="begun">The number of attempts that were begun so far.</param>
    /// <param name="since">Since when there is an outage.</param>
    /// <param name="now">The time.</param>
    /// <param name="pause">The first pause.</param>
    /// <param name="wish">The wait that the other side asked for; null for none.</param>
    /// <param name="limit">How long it is waited for.</param>
    public void Hold(long begun, TimeSpan since, TimeSpan now, TimeSpan pause, TimeSpan? wish, TimeSpan limit)
    {
        IsHeld = true;
        BegunBefore = begun;
        Since = since;
        _pause = pause < s_longestPause ? pause : s_longestPause;
        ScheduleProbe(now, wish, limit);
    }

    /// <summary>The one that asked has failed: the next pause is longer.</summary>
    /// <returns>Whether there is time for another one.</returns>
    public bool Postpone(TimeSpan now, TimeSpan? wish, TimeSpan limit)
    {
        Prober = null;
        _pause = _pause + _pause < s_longestPause ? _pause + _pause : s_longestPause;
        ScheduleProbe(now, wish, limit);
        return now < Since + limit;
    }

    /// <summary>A response has come.</summary>
    /// <param name="begun">The number of the attempt that it is a response to.</param>
    /// <param name="begunSoFar">The number of attempts that were begun so far.</param>
    public void Recover(long begun, long begunSoFar)
    {
        LastResponded = Math.Max(LastResponded, begun);
        BegunWithin = IsHeld ? begunSoFar : BegunWithin;
        Failures = 0;
        HasSeveral = false;
        _operation = null;
        IsHeld = false;
        Prober = null;
    }

    // The last one asks when the time is up.
    private void ScheduleProbe(TimeSpan now, TimeSpan? wish, TimeSpan limit)
    {
        var next = now + (wish > _pause ? wish.Value : _pause);
        ProbeAt = next < Since + limit ? next : Since + limit;
    }
}
