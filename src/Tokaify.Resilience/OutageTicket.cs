namespace Tokaify.Resilience;

/// <summary>The state of an attempt at the <see cref="OutageGate"/>.</summary>
/// <param name="attempt">The attempt.</param>
internal sealed class OutageTicket(Attempt attempt)
{
    /// <summary>Its operation.</summary>
    public object Operation { get; } = attempt.Operation;

    /// <summary>Its group.</summary>
    public string Group { get; } = attempt.Group;

    /// <summary>Whether it is the last attempt of its operation.</summary>
    public bool IsLast { get; } = attempt.IsLast;

    /// <summary>The outage that it probes; null if it is not a probe.</summary>
    public OutageLine? Probes { get; set; }

    /// <summary>The outage that it is suspected to have met; null if there is none.</summary>
    public OutageLine? Suspects { get; private set; }

    /// <summary>Its number among all attempts that have begun.</summary>
    public long Begun { get; set; }

    private long _begunByThen;
    private int _dismissals;

    /// <summary>Records that it is suspected to have met an outage.</summary>
    /// <param name="line">The outage.</param>
    /// <param name="begun">The number of attempts that have begun so far.</param>
    /// <param name="dismissals">The number of dismissals so far.</param>
    public void Suspect(OutageLine line, long begun, int dismissals)
    {
        Suspects = line;
        _begunByThen = begun;
        _dismissals = dismissals;
    }

    /// <summary>Returns whether the suspicion was right; null if it is not known yet. A response to an attempt that began earlier does not
    /// count.</summary>
    public bool? Verdict(int dismissals) =>
        Suspects!.IsHeld ? true
        : Suspects.LastResponded > _begunByThen || dismissals != _dismissals ? false
        : null;
}
