using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.CompilerServices;

namespace Tokaify.PowerShell;

/// <summary>The progress bar of a batch, with a second bar below it while edits wait for another attempt.</summary>
/// <remarks>The bar is drawn at most a few times a second, because drawing may be slow in a host. It is written to the host itself: a
/// command that is being stopped may not write, but must still remove the bar.</remarks>
internal sealed class EditProgress
{
    private const int BatchActivity = 0x70CA;
    private const int RetryActivity = 0x70CB;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly PSHostUserInterface _screen;
    private readonly ProgressStatus _status;
    private readonly string _activity;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private bool _isShown;
    private bool _isWaitShown;

    private EditProgress(PSHostUserInterface screen, BatchTally tally, string activity)
    {
        _screen = screen;
        _status = new ProgressStatus(tally);
        _activity = activity;
    }

    /// <summary>The edits that wait for another attempt.</summary>
    public RetryWaits Waits { get; } = new();

    /// <summary>The outages for which the batch waits.</summary>
    public OutageHolds Holds { get; } = new();

    /// <summary>Creates the bar of a command; returns null if progress is not shown.</summary>
    /// <param name="host">The host that shows it; null if there is none.</param>
    /// <param name="preferences">The user's preferences for output.</param>
    /// <param name="tally">The counts of its batch so far.</param>
    /// <param name="activity">One word for the activity: the bar is a single line, and its figures need the space.</param>
    public static EditProgress? For(PSHost? host, Preferences preferences, BatchTally tally, string activity) =>
        host?.UI is { } screen && preferences.ShowsProgress ? new EditProgress(screen, tally, activity) : null;

    /// <summary>Sets the total number of requests. From now on, the bar shows the remaining time.</summary>
    public void Expect(int total) => _status.Expect(total);

    /// <summary>Redraws the bar, if its interval has passed.</summary>
    /// <param name="inFlight">The number of requests in flight.</param>
    public void Update(int inFlight)
    {
        _status.EstimateFinish();
        if (_sinceLast.Elapsed < s_interval)
        {
            return;
        }

        _sinceLast.Restart();
        _isShown = true;
        Write(BatchRecord(inFlight));
        ShowWaits();
    }

    /// <summary>Removes the bars.</summary>
    public void Complete()
    {
        CompleteWaits();
        if (_isShown)
        {
            _isShown = false;
            Write(new ProgressRecord(BatchActivity, _activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private ProgressRecord BatchRecord(int inFlight)
    {
        var record = new ProgressRecord(BatchActivity, _activity, _status.Text(inFlight));
        if (_status.PercentComplete is { } percent)
        {
            record.PercentComplete = percent;
        }

        if (_status.SecondsRemaining is { } seconds)
        {
            record.SecondsRemaining = seconds;
        }

        return record;
    }

    private void ShowWaits()
    {
        if (Holds.Current is { } hold)
        {
            ShowHold(hold);
            return;
        }

        var waits = Waits.Current();
        if (waits.Count == 0)
        {
            CompleteWaits();
            return;
        }

        var next = waits[0];
        WriteWait(
            string.Format(
                CultureInfo.CurrentCulture,
                "{0} to retry, the next at {1:T}: {2}",
                waits.Count, next.UntilUtc.ToLocalTime(), VerboseLog.Reason(next.Reason)),
            next.Left,
            next.Delay);
    }

    private void ShowHold(OutageHolds.Hold hold)
    {
        var left = hold.NextUtc - DateTime.UtcNow;
        WriteWait(
            string.Format(
                CultureInfo.CurrentCulture,
                "{0} is unavailable, tried again at {2:T}, given up at {1:T}: {3}",
                hold.Group.Length == 0 ? "the service" : hold.Group,
                hold.EndUtc.ToLocalTime(),
                hold.NextUtc.ToLocalTime(),
                VerboseLog.Reason(hold.Reason)),
            left > TimeSpan.Zero ? left : TimeSpan.Zero,
            hold.Pause);
    }

    private void WriteWait(string status, TimeSpan left, TimeSpan whole)
    {
        _isWaitShown = true;
        Write(new ProgressRecord(RetryActivity, "Waiting", status)
        {
            ParentActivityId = BatchActivity,
            PercentComplete = 100 - (int)(100 * left.Ticks / Math.Max(1, whole.Ticks)),
            SecondsRemaining = (int)Math.Ceiling(left.TotalSeconds),
        });
    }

    private void CompleteWaits()
    {
        if (_isWaitShown)
        {
            _isWaitShown = false;
            Write(new ProgressRecord(RetryActivity, "Waiting", "Done")
            {
                ParentActivityId = BatchActivity,
                RecordType = ProgressRecordType.Completed,
            });
        }
    }

    // Each bar has its own source id, so that several commands of one pipeline each have a bar.
    private void Write(ProgressRecord record) => _screen.WriteProgress(RuntimeHelpers.GetHashCode(this), record);
}
