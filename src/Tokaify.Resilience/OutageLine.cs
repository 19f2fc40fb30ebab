namespace Tokaify.Resilience;

/// <summary>The state of one possible outage: of the other side as a whole, or of one group.</summary>
/// <param name="group">The group; empty for the other side as a whole.</param>
internal sealed class OutageLine(string group)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    /// <summary>The group; empty for the other side as a whole.</summary>
    public string Group { get; } = group;

    /// <summary>The number of failures in a row, without a response in between.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether the failures belong to several operations.</summary>
    public bool HasSeveral { get; private set; }

    /// <summary>The last failure.</summary>
    public Exception? Last { get; private set; }

    /// <summary>The number of the latest begun attempt that got a response.</summary>
    public long LastResponded { get; private set; }

    /// <summary>Whether attempts are held.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The time since which attempts are held.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>The number of attempts that had begun when the outage was last detected. A response to one of them does not show that the
    /// outage is over.</summary>
    public long BegunBeforeHold { get; private set; }

    /// <summary>The number of attempts that had begun when the outage last ended. If one of them fails as the others did, it met the same
    /// outage.</summary>
    public long BegunBeforeEnd { get; private set; }

    /// <summary>The time at which the next probe may start.</summary>
    public TimeSpan ProbeAt { get; private set; }

    /// <summary>The current probe; null if there is none.</summary>
    public object? Prober { get; set; }

    private TimeSpan _pause;
    private object? _operation;

    /// <summary>Counts a failed attempt.</summary>
    /// <param name="operation">Its operation.</param>
    /// <param name="failure">The failure.</param>
    public void Count(object operation, Exception failure)
    {
        Failures++;
        Last = failure;
        HasSeveral |= _operation is not null && _operation != operation;
        _operation = operation;
    }

    /// <summary>Holds attempts.</summary>
    /// <param name="begun">The number of attempts that have begun so far.</param>
    /// <param name="since">The time at which the outage began.</param>
    /// <param name="now">The time.</param>
    /// <param name="pause">The first pause.</param>
    /// <param name="requestedWait">The wait that the other side asked for; null if it did not.</param>
    /// <param name="limit">The longest wait for the end of the outage.</param>
    public void Hold(long begun, TimeSpan since, TimeSpan now, TimeSpan pause, TimeSpan? requestedWait, TimeSpan limit)
    {
        IsHeld = true;
        BegunBeforeHold = begun;
        Since = since;
        _pause = pause < s_longestPause ? pause : s_longestPause;
        ScheduleProbe(now, requestedWait, limit);
    }

    /// <summary>Records that the probe has failed, and makes the next pause longer.</summary>
    /// <returns>Whether there is time for another probe.</returns>
    public bool Postpone(TimeSpan now, TimeSpan? requestedWait, TimeSpan limit)
    {
        Prober = null;
        _pause = _pause + _pause < s_longestPause ? _pause + _pause : s_longestPause;
        ScheduleProbe(now, requestedWait, limit);
        return now < Since + limit;
    }

    /// <summary>Records a response.</summary>
    /// <param name="begun">The number of the attempt that got the response.</param>
    /// <param name="begunSoFar">The number of attempts that have begun so far.</param>
    public void Recover(long begun, long begunSoFar)
    {
        LastResponded = Math.Max(LastResponded, begun);
        BegunBeforeEnd = IsHeld ? begunSoFar : BegunBeforeEnd;
        Failures = 0;
        HasSeveral = false;
        _operation = null;
        IsHeld = false;
        Prober = null;
    }

    // The last probe starts when the time is up.
    private void ScheduleProbe(TimeSpan now, TimeSpan? requestedWait, TimeSpan limit)
    {
        var next = now + (requestedWait > _pause ? requestedWait.Value : _pause);
        ProbeAt = next < Since + limit ? next : Since + limit;
    }
}
