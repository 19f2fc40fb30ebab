namespace Tokaify.Resilience;

/// <summary>An attempt at the <see cref="OutageGate"/>.</summary>
/// <param name="attempt">The attempt.</param>
internal sealed class OutageTicket(Attempt attempt)
{
    /// <summary>What it is an attempt of.</summary>
    public object Operation { get; } = attempt.Operation;

    /// <summary>Its group.</summary>
    public string Group { get; } = attempt.Group;

    /// <summary>Whether its operation has no other attempt.</summary>
    public bool IsLast { get; } = attempt.IsLast;

    /// <summary>The outage that it asks about; null where it does not.</summary>
    public OutageLine? Asks { get; set; }

    /// <summary>The outage that it is suspected to have met; null for none.</summary>
    public OutageLine? Suspects { get; private set; }

    /// <summary>Its number among all attempts that were begun.</summary>
    public long Begun { get; set; }

    private long _begunByThen;
    private int _dismissals;

    /// <summary>It is suspected to have met an outage.</summary>
    /// <param name="line">The outage.</param>
    /// <param name="begun">The number of attempts that were begun so far.</param>
    /// <param name="dismissals">How often those under suspicion were dismissed so far.</param>
    public void Suspect(OutageLine line, long begun, int dismissals)
    {
        Suspects = line;
        _begunByThen = begun;
        _dismissals = dismissals;
    }

    /// <summary>Whether the suspicion was right; null where that is not known yet. A response to what was begun before says nothing of
    /// the time since.</summary>
    public bool? Verdict(int dismissals) =>
        Suspects!.IsHeld ? true
        : Suspects.LastResponded > _begunByThen || dismissals != _dismissals ? false
        : null;
}
