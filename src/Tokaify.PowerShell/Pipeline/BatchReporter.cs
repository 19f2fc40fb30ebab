using System.Management.Automation;
using System.Management.Automation.Host;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Counts what becomes of a batch's edits, and tells the user: results, errors, verbose messages, the progress bar, the
/// summary.</summary>
internal sealed class BatchReporter
{
    private readonly IBatchOutput _output;
    private readonly PSHost? _host;
    private readonly bool _hearsWarnings;
    private readonly VerboseLog _log;
    private readonly EditProgress? _progress;
    private bool _hasWarnedOfMismatch;

    /// <summary>Makes one.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="host">Where the progress bar is shown; null for nowhere.</param>
    /// <param name="preferences">What the user wants to see.</param>
    /// <param name="activity">What the command does, in a word, for its progress bar; null for no bar.</param>
    public BatchReporter(IBatchOutput output, PSHost? host, Preferences preferences, string? activity)
    {
        _output = output;
        _host = host;
        _hearsWarnings = preferences.HearsWarnings;
        _log = new VerboseLog(output, preferences.IsVerbose);
        _progress = activity is null ? null : EditProgress.For(host, preferences, Tally, activity);
    }

    /// <summary>What was counted.</summary>
    public BatchTally Tally { get; } = new();

    /// <summary>So many requests come to an end in all.</summary>
    public void Expect(int total) => _progress?.Expect(total);

    /// <summary>Draws the progress bar anew, if it is time.</summary>
    public void ShowProgress(int inFlight) => _progress?.Update(inFlight);

    /// <summary>Takes the progress bar away.</summary>
    public void EndProgress() => _progress?.Complete();

    /// <summary>An edit begins.</summary>
    public void Sending(ImageEdit edit) => _log.Sending(edit);

    /// <summary>An edit is left out.</summary>
    public void Skipped(ImageEdit edit, ImageEditResult result, string reason)
    {
        Tally.Skip(result);
        _log.Skipped(edit, reason, result.Path);
    }

    /// <summary>Reports what was not sent because it was refused before: it is not an error, but a person has to act on it.</summary>
    public void ReportRefusals()
    {
        if (Tally.Refused > 0)
        {
            _output.WriteWarning(
                $"Not sent, because the journal has {(Tally.Refused == 1 ? "it" : "them")} as refused for good: {Tally.Refused} ({Tally.RefusalText}). "
                + "Change the pictures or prompts, or send them again with -RetryFailed.");
        }
    }

    /// <summary>Something cannot be sent.</summary>
    public void Refused(TokaifyException exception, object? target)
    {
        Tally.Fail(exception);
        _log.Failed(target?.ToString() ?? "", index: null, exception);
        _output.WriteFailure(exception, target);
    }

    /// <summary>Counts what has happened.</summary>
    public void Count(EditEvent next)
    {
        switch (next)
        {
            case EditEvent.Retrying(var edit, var retry):
                Tally.Retry();
                _progress?.Waits.Add(edit, retry);
                break;
            case EditEvent.Concerned(var notice):
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

    /// <summary>Writes what has happened.</summary>
    public void Tell(EditEvent next)
    {
        switch (next)
        {
            case EditEvent.Retrying(var edit, var retry):
                _log.Retrying(edit, retry);
                break;
            case EditEvent.Concerned(BatchNotice.Holding notice):
                Tell(notice);
                break;
            case EditEvent.Concerned(BatchNotice.Resumed notice):
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

    /// <summary>Says what became of the batch.</summary>
    public void WriteSummary(BatchSummary summary)
    {
        try
        {
            // Tagged as Write-Host does it, which shows it without being asked.
            _output.WriteInformation(summary, ["PSHOST", nameof(BatchSummary)]);
        }
        catch (Exception exception) when (!summary.IsComplete && exception is PipelineStoppedException or InvalidOperationException)
        {
            // A command that was stopped may not always write.
            _host?.UI?.WriteLine(summary.ToString());
        }
    }

    /// <summary>Says what became of a batch that the user has stopped. To the host itself: a command that is being stopped may not write.</summary>
    public void ReportStop(string message)
    {
        if (_hearsWarnings)
        {
            _host?.UI?.WriteWarningLine(message);
        }
    }

    private void Tell(BatchNotice.Holding notice)
    {
        _log.Holding(notice);
        if (notice.IsNew)
        {
            var who = notice.Group.Length == 0 ? "The service cannot be reached" : $"{notice.Group} is out of service";
            _output.WriteWarning(
                $"{who} ({VerboseLog.Reason(notice.Reason)}). Nothing is started until it is back; it is asked again and again, "
                + $"for {BatchSummary.TimeText(notice.Left)} at the most (-MaximumWaitSec).");
        }
    }

    // Once a batch: the summary counts them, and each result tells.
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
            $"{edit.Label}: {asked} was asked for, and {came} came. The image is saved as it came. There may be more: MatchesRequest of the results tells.");
    }

    private static string OriginOf(ImageEdit edit) => edit.SourcePath ?? edit.Request.Prompt;

    private void WriteFailure(ImageEdit edit, TokaifyException exception)
    {
        // For reports: of what was asked, an error says no more than its target.
        exception.Data["Prompt"] = edit.Request.Prompt;
        exception.Data["Model"] = edit.Request.Model;
        exception.Data["Index"] = edit.Index;
        exception.Data["IsTurn"] = edit.Conversation is not null;
        exception.Edit = edit.Conversation is null ? edit : null;
        _output.WriteFailure(exception, OriginOf(edit));
    }
}
