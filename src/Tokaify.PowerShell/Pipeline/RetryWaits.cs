using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>The edits that wait for another attempt: as many as there are in flight, at the most.</summary>
internal sealed class RetryWaits
{
    private readonly List<Wait> _waits = [];

    /// <summary>An edit waits.</summary>
    public void Add(ImageEdit edit, RetryNotice retry)
    {
        Remove(edit);
        _waits.Add(new Wait(edit, DateTime.UtcNow + retry.Delay, retry.Delay, retry.Reason));
    }

    /// <summary>An edit has come to its end.</summary>
    public void Remove(ImageEdit edit) => _waits.RemoveAll(wait => ReferenceEquals(wait.Edit, edit));

    /// <summary>Those that still wait, the next to go on first.</summary>
    public IReadOnlyList<Wait> Current()
    {
        // No event says that a wait is over: it is over when its time has passed.
        _waits.RemoveAll(wait => wait.UntilUtc <= DateTime.UtcNow);
        _waits.Sort((one, other) => one.UntilUtc.CompareTo(other.UntilUtc));
        return _waits;
    }

    /// <summary>One of them.</summary>
    public sealed record Wait(ImageEdit Edit, DateTime UntilUtc, TimeSpan Delay, Exception Reason)
    {
        /// <summary>The time that is left.</summary>
        public TimeSpan Left => UntilUtc > DateTime.UtcNow ? UntilUtc - DateTime.UtcNow : TimeSpan.Zero;
    }
}
