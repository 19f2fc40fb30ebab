using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>The outages for which a batch waits, for its progress bar.</summary>
internal sealed class OutageHolds
{
    private readonly Dictionary<string, Hold> _holds = [];

    /// <summary>The outage that is given up first; null if there is none.</summary>
    public Hold? Current => _holds.Values.OrderBy(hold => hold.EndUtc).FirstOrDefault();

    /// <summary>Handles a notice about the batch.</summary>
    public void Note(BatchNotice notice)
    {
        switch (notice)
        {
            case BatchNotice.Holding holding:
                var now = DateTime.UtcNow;
                _holds[holding.Group] = new Hold(holding.Group, holding.Reason, now + holding.Pause, holding.Pause, now + holding.Left);
                break;
            case BatchNotice.Resumed or BatchNotice.Ended:
                _holds.Remove(notice.Group);
                break;
        }
    }

    /// <summary>An outage.</summary>
    /// <param name="Group">The model; empty for the service as a whole.</param>
    /// <param name="Reason">The cause.</param>
    /// <param name="NextUtc">The time of the next try.</param>
    /// <param name="Pause">The pause before the next try.</param>
    /// <param name="EndUtc">The time at which the batch gives up.</param>
    public sealed record Hold(string Group, Exception Reason, DateTime NextUtc, TimeSpan Pause, DateTime EndUtc);
}
