using System.Management.Automation;
using System.Management.Automation.Host;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Counts the outcomes of a batch's edits, and reports them to the user: results, errors, verbose messages, the progress bar, the
/// summary.</summary>
internal sealed class BatchReporter
{
    private readonly IBatchOutput _output;
    private readonly PSHost? _host;
    private readonly bool _showsWarnings;
    private readonly VerboseLog _log;
    private readonly EditProgress? _progress;
    private bool _hasWarnedOfMismatch;

    /// <summary>The parameter that limits the wait for the service, as messages name it.</summary>
    public string WaitName { get; init; } = "-MaximumWaitSec";

    /// <summary>Creates a reporter.</summary>
    /// <param name="output">The streams of the command.</param>
    /// <param name="host">The host that shows the progress bar; null if there is none.</param>
    /// <param name="preferences">The user's preferences for output.</param>
    /// <param name="activity">One word for the command's activity, for its progress bar; null for no bar.</param>
    public BatchReporter(IBatchOutput output, PSHost? host, Preferences preferences, string? activity)
    {
        _output = output;
        _host = host;
        _showsWarnings = preferences.ShowsWarnings;
        _log = new VerboseLog(output, preferences.IsVerbose);
        _progress = activity is null ? null : EditProgress.For(host, preferences, Tally, activity);
    }

    /// <summary>The counts.</summary>
    public BatchTally Tally { get; } = new();

    /// <summary>Sets the total number of requests.</summary>
    public void Expect(int total) => _progress?.Expect(total);

    /// <summary>Redraws the progress bar, if its interval has passed.</summary>
    public void ShowProgress(int inFlight) => _progress?.Update(inFlight);

    /// <summary>Removes the progress bar.</summary>
    public void EndProgress() => _progress?.Complete();

    /// <summary>Logs that an edit begins.</summary>
    public void Sending(ImageEdit edit) => _log.Sending(edit);

    /// <summary>Counts and logs an edit that is skipped.</summary>
    public void Skipped(ImageEdit edit, ImageEditResult result, string reason)
    {
        Tally.Skip(result);
        _log.Skipped(edit, reason, result.Path);
    }

    /// <summary>Reports requests that were not sent because they were refused before. This is not an error, but the user has to act on
    /// it.</summary>
    public void ReportRefusals()
    {
        if (Tally.Refused > 0)
        {
            _output.WriteWarning(
                $"Not sent, because the journal has {(Tally.Refused == 1 ? "it" : "them")} as refused for good: {Tally.Refused} ({Tally.RefusalText}). "
                + "Change the pictures or prompts, or send them again with -RetryFailed.");
        }
    }

    /// <summary>Counts and reports a request that cannot be sent.</summary>
    public void Refused(TokaifyException exception, object? target)
    {
        Tally.Fail(exception);
        _log.Failed(target?.ToString() ?? "", index: null, exception);
        _output.WriteFailure(exception, target);
    }

    /// <summary>Counts an event.</summary>
    public void Count(EditEvent next)
    {
        switch (next)
        {
            case EditEvent.Retrying(var edit, var retry):
                Tally.Retry();
                _progress?.Waits.Add(edit, retry);
                break;
            case EditEvent.BatchNoticed(var notice):
                _progress?.Holds.Note(notice);
                break;
            case EditEvent.Saved(var edit, var result):
                Tally.Save(edit, result);
                _progress?.Waits.Remove(edit);
                break;
            case EditEvent.Skipped(_, var result):
                Tally.Skip(result);
                break;
            case EditEvent.Failed(var edit, var exception):
                Tally.Fail(exception, edit);
                _progress?.Waits.Remove(edit);
                break;
        }
    }

    /// <summary>Writes an event to the command's streams.</summary>
    public void Write(EditEvent next)
    {
        switch (next)
        {
            case EditEvent.Retrying(var edit, var retry):
                _log.Retrying(edit, retry);
                break;
            case EditEvent.BatchNoticed(BatchNotice.Holding notice):
                Write(notice);
                break;
            case EditEvent.BatchNoticed(BatchNotice.Resumed notice):
                _log.Resumed(notice);
                break;
            case EditEvent.Noticed(var notice) when notice.IsWarning:
                _output.WriteWarning(notice.Message);
                break;
            case EditEvent.Noticed(var notice):
                _output.WriteVerbose(notice.Message);
                break;
            case EditEvent.Saved(var edit, var result):
                _log.Saved(edit, result);
                _output.WriteObject(result);
                WarnOfMismatch(edit, result);
                if (result.Error is not null)
                {
                    WriteFailure(edit, result.Error);
                }

                break;
            case EditEvent.Skipped(var edit, var result):
                _log.Skipped(edit, "journal", result.Path);
                _output.WriteObject(result);
                break;
            case EditEvent.Failed(var edit, var exception):
                _log.Failed(OriginOf(edit), edit.Index, exception);
                WriteFailure(edit, exception);
                break;
        }
    }

    /// <summary>Writes the summary of the batch.</summary>
    public void WriteSummary(BatchSummary summary)
    {
        try
        {
            // With the tag of Write-Host, the host shows it by default.
            _output.WriteInformation(summary, ["PSHOST", nameof(BatchSummary)]);
        }
        catch (Exception exception) when (!summary.IsComplete && exception is PipelineStoppedException or InvalidOperationException)
        {
            // A command that was stopped may not always write.
            _host?.UI?.WriteLine(summary.ToString());
        }
    }

    /// <summary>Writes the message about a stopped batch to the host itself, because a command that is being stopped may not
    /// write.</summary>
    public void ReportStop(string message)
    {
        if (_showsWarnings)
        {
            _host?.UI?.WriteWarningLine(message);
        }
    }

    private void Write(BatchNotice.Holding notice)
    {
        _log.Holding(notice);
        if (notice.IsNew)
        {
            var outage = notice.Group.Length == 0 ? "The service cannot be reached" : $"{notice.Group} is out of service";
            _output.WriteWarning(
                $"{outage} ({VerboseLog.Reason(notice.Reason)}). No request is started until it is back; it is tried again at intervals, "
                + $"for {BatchSummary.TimeText(notice.Left)} at the most ({WaitName}).");
        }
    }

    // The warning is written only once for a batch. The summary has the count, and each result has MatchesRequest.
    private void WarnOfMismatch(ImageEdit edit, ImageEditResult result)
    {
        if (result.MatchesRequest != false || _hasWarnedOfMismatch)
        {
            return;
        }

        _hasWarnedOfMismatch = true;
        var asked = string.Join(" in ", new[] { result.RequestedAspectRatio, result.RequestedImageSize }.Where(each => each is not null));
        var came = string.Join(", ", result.Images.Select(image => new PixelSize(image.Width, image.Height)));
        _output.WriteWarning(
            $"{edit.Label}: {asked} was asked for, and {came} came. The image is saved as it came. There may be more: look for "
            + "MatchesRequest -eq $false in the results.");
    }

    private static string OriginOf(ImageEdit edit) => edit.SourcePath ?? edit.Request.Prompt;

    private void WriteFailure(ImageEdit edit, TokaifyException exception)
    {
        // Export-TokaifyReport needs this data: without it, the error record would have only the target of the request.
        exception.Data["Prompt"] = edit.Request.Prompt;
        exception.Data["Model"] = edit.Request.Model;
        exception.Data["Index"] = edit.Index;
        exception.Data["IsTurn"] = edit.Conversation is not null;
        exception.Edit = edit.Conversation is null ? edit : null;
        _output.WriteFailure(exception, OriginOf(edit));
    }
}
