using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>The edits that wait for another attempt. There are at most as many as edits in flight.</summary>
internal sealed class RetryWaits
{
    private readonly List<Wait> _waits = [];

    /// <summary>Adds the wait of an edit.</summary>
    public void Add(ImageEdit edit, RetryNotice retry)
    {
        Remove(edit);
        _waits.Add(new Wait(edit, DateTime.UtcNow + retry.Delay, retry.Delay, retry.Reason));
    }

    /// <summary>Removes the wait of an edit that has ended.</summary>
    public void Remove(ImageEdit edit) => _waits.RemoveAll(wait => ReferenceEquals(wait.Edit, edit));

    /// <summary>The edits that still wait, ordered by the end of the wait.</summary>
    public IReadOnlyList<Wait> Current()
    {
        // There is no event for the end of a wait, so waits whose time has passed are removed here.
        _waits.RemoveAll(wait => wait.UntilUtc <= DateTime.UtcNow);
        _waits.Sort((one, other) => one.UntilUtc.CompareTo(other.UntilUtc));
        return _waits;
    }

    /// <summary>The wait of an edit.</summary>
    public sealed record Wait(ImageEdit Edit, DateTime UntilUtc, TimeSpan Delay, Exception Reason)
    {
        /// <summary>The remaining time.</summary>
        public TimeSpan Left => UntilUtc > DateTime.UtcNow ? UntilUtc - DateTime.UtcNow : TimeSpan.Zero;
    }
}
