using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>The outages that hold a batch, for its progress bar.</summary>
internal sealed class OutageHolds
{
    private readonly Dictionary<string, Hold> _holds = [];

    /// <summary>The one that takes longest; null for none.</summary>
    public Hold? Current => _holds.Values.OrderBy(hold => hold.EndUtc).FirstOrDefault();

    /// <summary>Takes note of what concerns the batch.</summary>
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

    /// <summary>One of them.</summary>
    /// <param name="Group">The model; empty for the service as a whole.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="NextUtc">When it is asked again.</param>
    /// <param name="Pause">The pause before that.</param>
    /// <param name="EndUtc">When it is given up.</param>
    public sealed record Hold(string Group, Exception Reason, DateTime NextUtc, TimeSpan Pause, DateTime EndUtc);
}
