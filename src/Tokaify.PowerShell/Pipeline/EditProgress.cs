using System.Diagnostics;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The progress bar of a batch. Drawn a few times a second at the most: a host may take long over it.</summary>
internal sealed class EditProgress(Cmdlet command)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private int _done;
    private int _failed;
    private bool _isShown;

    public void Done(int inFlight)
    {
        _done++;
        Show(inFlight);
    }

    public void Failed(int inFlight)
    {
        _failed++;
        Show(inFlight);
    }

    /// <summary>Takes the bar away.</summary>
    public void Complete()
    {
        if (_isShown)
        {
            command.WriteProgress(Record("Done", ProgressRecordType.Completed));
        }
    }

    private void Show(int inFlight)
    {
        if (_sinceLast.Elapsed < s_interval)
        {
            return;
        }

        _sinceLast.Restart();
        _isShown = true;
        command.WriteProgress(Record($"{_done} saved, {_failed} failed, {inFlight} in flight", ProgressRecordType.Processing));
    }

    private static ProgressRecord Record(string status, ProgressRecordType type) =>
        new(activityId: 0x70CA, activity: "Editing pictures", statusDescription: status) { RecordType = type };
}
