namespace Tokaify.Resilience;

/// <summary>What holds for operations that belong together: none is tried in vain, and an outage is waited for.</summary>
public sealed record BatchRules
{
    /// <summary>The number of attempts that run at once, at the most.</summary>
    public required int Limit { get; init; }

    /// <summary>How long an outage is waited for; <see cref="TimeSpan.Zero"/> for not at all: then each operation fails by itself.</summary>
    public TimeSpan MaximumOutage { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Told of what happens to all of them, on any thread.</summary>
    public Action<BatchNotice>? OnNotice { get; init; }
}

/// <summary>Something that happens to operations that belong together.</summary>
/// <param name="Group">The group that it concerns; empty for all.</param>
public abstract record BatchNotice(string Group)
{
    /// <summary>Attempts fail one after the other: nothing is started, but for one at a time that asks whether it is over.</summary>
    /// <param name="Group">The group that it concerns; empty for all.</param>
    /// <param name="Reason">Why the last one failed.</param>
    /// <param name="IsNew">Whether it has just begun. Else the last one that asked has failed.</param>
    /// <param name="Pause">The wait until the next one asks.</param>
    /// <param name="Left">The time after which it is given up.</param>
    public sealed record Holding(string Group, Exception Reason, bool IsNew, TimeSpan Pause, TimeSpan Left) : BatchNotice(Group);

    /// <summary>It is over, and everything goes on.</summary>
    /// <param name="Group">The group that it concerned; empty for all.</param>
    /// <param name="Duration">How long it took.</param>
    public sealed record Resumed(string Group, TimeSpan Duration) : BatchNotice(Group);

    /// <summary>An operation that has no attempt left waits to see whether it was an outage that it met.</summary>
    /// <param name="Group">Its group.</param>
    public sealed record Suspected(string Group) : BatchNotice(Group);

    /// <summary>No attempt can succeed any more.</summary>
    /// <param name="Group">The group that it concerns; empty for all.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Ended(string Group, Exception Reason) : BatchNotice(Group);
}
