using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>The batch of one command: counts what becomes of its edits, and tells the user, until it is complete or abandoned.</summary>
/// <param name="command">Who writes.</param>
/// <param name="host">Where the progress bar is shown; null for nowhere.</param>
/// <param name="preferences">What the user wants to see.</param>
internal sealed class EditBatch(TokaifyCommand command, PSHost? host, Preferences preferences) : IEditObserver
{
    private readonly BatchTally _tally = new();
    private readonly EditStory _story = new(command, preferences.IsVerbose);
    private readonly ConcurrentQueue<ClientNotice> _notices = new();
    private EditPump? _pump;
    private EditProgress? _progress;
    private Stage _stage;

    private enum Stage
    {
        /// <summary>Nothing has been looked at.</summary>
        Ready,

        /// <summary>Something has, and may be in flight.</summary>
        Running,

        /// <summary>All has come to its end.</summary>
        Complete,

        /// <summary>The command was ended before. What ends while it is being stopped is counted, and no more: it may no
        /// longer write.</summary>
        Abandoned,
    }

    /// <summary>Whether it says at the end what became of it.</summary>
    public bool HasSummary { get; init; }

    /// <summary>The full path of its journal, for the summary; null for none.</summary>
    public string? JournalPath { get; set; }

    /// <summary>What plans it instead of sending it, with <c>-WhatIf</c>; null where it is sent.</summary>
    public DryRun? DryRun { get; private set; }

    /// <summary>Sends nothing, and says what would be.</summary>
    public void OpenDry() => DryRun = new DryRun(command, _tally);

    /// <summary>Makes ready to send.</summary>
    /// <param name="pump">What runs the edits.</param>
    /// <param name="activity">What the command does, in a word, for its progress bar.</param>
    public void Open(EditPump pump, string activity)
    {
        _pump = pump;
        _progress = EditProgress.For(host, preferences, _tally, activity);
    }

    /// <summary>Something is looked at: from now on there is something to sum up.</summary>
    public void Begin()
    {
        if (_stage == Stage.Ready)
        {
            _stage = Stage.Running;
        }
    }

    /// <summary>So many requests are still to come to an end, and no more than these: the batch is known.</summary>
    public void Expect(int requests) => _progress?.Expect(_tally.Ended + requests);

    /// <summary>Starts an edit, as soon as there is room in flight.</summary>
    public void Send(ImageEdit edit) => _pump!.Post(edit);

    /// <summary>Leaves out an edit.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="result">What is there in its place.</param>
    /// <param name="reason">Why, in a word.</param>
    public void Skip(ImageEdit edit, ImageEditResult result, string reason)
    {
        _tally.Skip();
        _story.Skipped(edit, reason, result.Path);
        ShowProgress();
    }

    /// <summary>Counts and reports what cannot be sent.</summary>
    public void Refuse(TokaifyException exception, object? target)
    {
        Begin();
        _tally.Fail(exception);
        _story.Failed(target?.ToString() ?? "", index: null, exception);
        command.WriteFailure(exception, target);
    }

    /// <summary>Hears of what did not go as it should, on any thread; the user does when this one comes to it.</summary>
    public void Note(ClientNotice notice) => _notices.Enqueue(notice);

    /// <summary>Waits until everything in flight has ended.</summary>
    public void Complete()
    {
        Expect(_pump?.InFlight ?? 0);
        _pump?.Drain();
        WriteNotices();
        _progress?.Complete();
        _stage = Stage.Complete;
        if (HasSummary)
        {
            WriteSummary();
        }
        else
        {
            DryRun?.Conclude();
        }
    }

    /// <summary>Stops what is in flight. From any thread.</summary>
    public void Cancel() => _pump?.Cancel();

    /// <summary>Cancels what is in flight, for good.</summary>
    public void Abandon()
    {
        var hasBroken = _stage == Stage.Running;
        _stage = hasBroken ? Stage.Abandoned : _stage;
        var inFlight = _pump?.InFlight ?? 0;
        var ended = _tally.Ended;
        _pump?.Dispose();
        _progress?.Complete();
        if (hasBroken && HasSummary)
        {
            WriteSummary(cancelled: inFlight - (_tally.Ended - ended));
        }
    }

    void IEditObserver.OnSending(ImageEdit edit)
    {
        HeedStop();
        _story.Sending(edit);
        ShowProgress();
    }

    void IEditObserver.OnWaiting()
    {
        HeedStop();
        ShowProgress();
    }

    void IEditObserver.OnSaved(ImageEdit edit, ImageEditResult result)
    {
        _tally.Save(edit, result);
        _progress?.Waits.Remove(edit);
        if (_stage == Stage.Abandoned)
        {
            return;
        }

        _story.Saved(edit, result);
        WriteNotices();
        ShowProgress();
        command.WriteObject(result);
        if (result.Error is not null)
        {
            WriteFailure(edit, result.Error);
        }
    }

    void IEditObserver.OnFailed(ImageEdit edit, TokaifyException exception)
    {
        _tally.Fail(exception, edit);
        _progress?.Waits.Remove(edit);
        if (_stage == Stage.Abandoned)
        {
            return;
        }

        _story.Failed(OriginOf(edit), edit.Index, exception);
        WriteNotices();
        ShowProgress();
        WriteFailure(edit, exception);
    }

    void IEditObserver.OnRetry(ImageEdit edit, RetryNotice retry)
    {
        _tally.Retry();
        _progress?.Waits.Add(edit, retry);
        if (_stage != Stage.Abandoned)
        {
            _story.Retrying(edit, retry);
            ShowProgress();
        }
    }

    private static string OriginOf(ImageEdit edit) => edit.SourcePath ?? edit.Request.Prompt;

    private void WriteFailure(ImageEdit edit, TokaifyException exception)
    {
        // For reports: of what was asked, an error says no more than its target.
        exception.Data["Prompt"] = edit.Request.Prompt;
        exception.Data["Model"] = edit.Request.Model;
        exception.Data["Index"] = edit.Index;
        command.WriteFailure(exception, OriginOf(edit));
    }

    // As all that writes does. Once Select-Object -First has ended what stands before the command, PowerShell no longer
    // calls StopProcessing on Ctrl+C.
    private void HeedStop()
    {
        if (command.Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    private void ShowProgress() => _progress?.Update(_pump?.InFlight ?? 0);

    private void WriteNotices()
    {
        while (_notices.TryDequeue(out var notice))
        {
            if (notice.IsWarning)
            {
                command.WriteWarning(notice.Message);
            }
            else
            {
                command.WriteVerbose(notice.Message);
            }
        }
    }

    private void WriteSummary(int cancelled = 0)
    {
        var summary = _tally.ToSummary(cancelled) with
        {
            JournalPath = JournalPath,
            IsComplete = _stage == Stage.Complete,
            IsWhatIf = DryRun is not null,
        };
        try
        {
            // Tagged as Write-Host does it, which shows it without being asked.
            command.WriteInformation(summary, ["PSHOST", nameof(BatchSummary)]);
        }
        catch (Exception exception) when (!summary.IsComplete && exception is PipelineStoppedException or InvalidOperationException)
        {
            // A command that was stopped may not always write.
            host?.UI?.WriteLine(summary.ToString());
        }
    }
}
