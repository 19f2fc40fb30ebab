using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The batch of one command: starts its edits, takes what happens to them, and comes to one of two ends: complete or
/// abandoned.</summary>
/// <remarks>The command owns the batch, the batch owns the pump, the pump owns the client; events come back through the pump's
/// queue, which the batch empties on the pipeline's thread. Every member is called on that thread, <see cref="Cancel"/> apart.</remarks>
/// <param name="output">Where it writes.</param>
/// <param name="reporter">Counts and tells.</param>
/// <param name="pump">Runs the edits; null where nothing is sent.</param>
internal sealed class EditBatch(IBatchOutput output, BatchReporter reporter, EditPump? pump)
{
    // In milliseconds. So often does the progress bar's clock go on, and is a stop noticed that PowerShell does not announce.
    private const int Tick = 500;

    // In milliseconds. For the end of an edit that was cancelled.
    private const int Patience = 10_000;

    private Stage _stage;

    private enum Stage
    {
        /// <summary>Nothing has been looked at.</summary>
        Ready,

        /// <summary>Something has, and may be in flight.</summary>
        Running,

        /// <summary>All has come to its end.</summary>
        Complete,

        /// <summary>The command was ended before. What ends while it is being stopped is counted, and no more.</summary>
        Abandoned,
    }

    /// <summary>Whether it says at the end what became of it.</summary>
    public bool HasSummary { get; init; }

    /// <summary>The full path of its journal, for the summary; null for none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>What plans it instead of sending it, with <c>-WhatIf</c>; null where it is sent.</summary>
    public DryRun? DryRun { get; init; }

    private int InFlight => pump?.InFlight ?? 0;

    /// <summary>Something is looked at: from now on there is something to sum up.</summary>
    public void Begin()
    {
        if (_stage == Stage.Ready)
        {
            _stage = Stage.Running;
        }
    }

    /// <summary>So many requests are still to come to an end, and no more than these: the batch is known.</summary>
    public void Expect(int requests) => reporter.Expect(reporter.Tally.Ended + requests);

    /// <summary>Starts an edit, as soon as there is room in flight.</summary>
    public void Send(ImageEdit edit)
    {
        while (pump!.IsFull)
        {
            HandleNext();
        }

        ThrowIfStopping();
        // Each write may end the pipeline: what has not begun by then never does.
        reporter.Sending(edit);
        reporter.ShowProgress(InFlight + 1);
        pump.Start(edit);
        while (Take(patience: 0) is { } next)
        {
            Handle(next);
        }
    }

    /// <summary>Leaves out an edit.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="result">What is there in its place.</param>
    /// <param name="reason">Why, in a word.</param>
    public void Skip(ImageEdit edit, ImageEditResult result, string reason)
    {
        reporter.Skipped(edit, result, reason);
        reporter.ShowProgress(InFlight);
    }

    /// <summary>Counts and reports what cannot be sent.</summary>
    public void Refuse(TokaifyException exception, object? target)
    {
        Begin();
        reporter.Refused(exception, target);
    }

    /// <summary>Waits until everything in flight has ended.</summary>
    public void Complete()
    {
        Expect(InFlight);
        while (InFlight > 0)
        {
            HandleNext();
        }

        reporter.EndProgress();
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

    /// <summary>Stops what is in flight: the pipeline's thread, which waits for it, notices at once. From any thread.</summary>
    public void Cancel() => pump?.Cancel();

    /// <summary>Cancels what is in flight and waits until its temporary files are gone. Every way to stop a batch ends here, and
    /// some come twice. Does nothing to a batch that is complete.</summary>
    public void Abandon()
    {
        var hasBroken = _stage == Stage.Running;
        _stage = hasBroken ? Stage.Abandoned : _stage;
        Cancel();
        var cancelled = InFlight;
        while (pump?.TakeCancelled(Patience) is { } next)
        {
            cancelled -= next is EditEvent.Saved or EditEvent.Skipped or EditEvent.Failed ? 1 : 0;
            reporter.Count(next);
        }

        reporter.EndProgress();
        if (hasBroken && HasSummary)
        {
            WriteSummary(cancelled);
        }
    }

    private void HandleNext()
    {
        if (Take(Tick) is { } next)
        {
            Handle(next);
        }
        else
        {
            ThrowIfStopping();
            reporter.ShowProgress(InFlight);
        }
    }

    private EditEvent? Take(int patience)
    {
        try
        {
            return pump!.Take(patience);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Handle(EditEvent next)
    {
        reporter.Count(next);
        reporter.ShowProgress(InFlight);
        reporter.Tell(next);
    }

    // As every write does. Once Select-Object -First has ended what stands before the command, PowerShell no longer calls
    // StopProcessing on Ctrl+C.
    private void ThrowIfStopping()
    {
        if (output.Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    private void WriteSummary(int cancelled = 0) => reporter.WriteSummary(reporter.Tally.ToSummary(cancelled) with
    {
        JournalPath = JournalPath,
        IsComplete = _stage == Stage.Complete,
        IsWhatIf = DryRun is not null,
    });
}
