namespace Tokaify.Resilience;

/// <summary>The rules for operations that belong together: hopeless attempts are not made, and the end of an outage is awaited.</summary>
public sealed record BatchRules
{
    /// <summary>The greatest number of attempts that run at the same time.</summary>
    public required int Limit { get; init; }

    /// <summary>The longest wait for the end of an outage; with <see cref="TimeSpan.Zero"/> there is no wait, and each operation fails by
    /// itself.</summary>
    public TimeSpan MaximumOutage { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Called for events that concern all of them, on any thread.</summary>
    public Action<BatchNotice>? OnNotice { get; init; }
}

/// <summary>An event that concerns operations that belong together.</summary>
/// <param name="Group">The group that it concerns; empty for all.</param>
public abstract record BatchNotice(string Group)
{
    /// <summary>An outage: attempts fail one after the other. No attempt is started, except one at a time that probes whether the outage is
    /// over.</summary>
    /// <param name="Group">The group that it concerns; empty for all.</param>
    /// <param name="Reason">Why the last one failed.</param>
    /// <param name="IsNew">Whether the outage has just begun. Otherwise the last probe has failed.</param>
    /// <param name="Pause">The wait until the next probe.</param>
    /// <param name="Left">The time after which the wait is given up.</param>
    public sealed record Holding(string Group, Exception Reason, bool IsNew, TimeSpan Pause, TimeSpan Left) : BatchNotice(Group);

    /// <summary>The outage is over, and attempts continue.</summary>
    /// <param name="Group">The group that it concerned; empty for all.</param>
    /// <param name="Duration">How long it took.</param>
    public sealed record Resumed(string Group, TimeSpan Duration) : BatchNotice(Group);

    /// <summary>An operation without attempts left waits until it is known whether its failure was caused by an outage.</summary>
    /// <param name="Group">Its group.</param>
    public sealed record Suspected(string Group) : BatchNotice(Group);

    /// <summary>No attempt can succeed any more.</summary>
    /// <param name="Group">The group that it concerns; empty for all.</param>
    /// <param name="Reason">The reason.</param>
    public sealed record Ended(string Group, Exception Reason) : BatchNotice(Group);
}
