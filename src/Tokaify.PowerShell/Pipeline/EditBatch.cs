using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The batch of one command: starts its edits and handles their events. It ends in one of three states: complete, ended early
/// because no further edit can succeed, or abandoned.</summary>
/// <remarks>The command owns the batch and the pump, the batch uses the pump, and the pump owns the client. Events come back through the
/// pump's queue, which the batch empties on the pipeline's thread. All members except <see cref="Cancel"/> are called on that
/// thread.</remarks>
/// <param name="output">The streams of the command.</param>
/// <param name="reporter">Counts and reports events.</param>
/// <param name="pump">Runs the edits; null if nothing is sent.</param>
internal sealed class EditBatch(IBatchOutput output, BatchReporter reporter, EditPump? pump)
{
    // In milliseconds: the interval for the progress bar's clock, and for detecting a stop that PowerShell does not announce.
    private const int Tick = 500;

    // In milliseconds: the time limit for the end of a cancelled edit.
    private const int EndTimeout = 10_000;

    // The maximum number of deferred edits, whose model is unavailable while others are available. Beyond it, the pipeline waits.
    private const int MostDeferred = 1000;

    private readonly LinkedList<ImageEdit> _deferred = [];
    private readonly Dictionary<string, int> _untried = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _models = new(StringComparer.OrdinalIgnoreCase);
    private Stage _stage;
    private bool _isAllSent;
    private volatile bool _isStopped;
    private int _started;
    private int? _expected;

    private enum Stage
    {
        /// <summary>No source has been processed.</summary>
        Ready,

        /// <summary>A source has been processed. Edits may be in flight.</summary>
        Running,

        /// <summary>All edits have ended.</summary>
        Complete,

        /// <summary>No further edit could succeed, and the rest was not tried.</summary>
        Ended,

        /// <summary>The command was stopped. Edits that end meanwhile are counted, but not written.</summary>
        Abandoned,
    }

    /// <summary>Whether it writes a summary at the end.</summary>
    public bool HasSummary { get; init; }

    /// <summary>The full path of its journal, for the summary; null if there is none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The dry run, with <c>-WhatIf</c>; null if requests are sent.</summary>
    public DryRun? DryRun { get; init; }

    /// <summary>Creates the error if the batch ends early.</summary>
    public required BatchEnd End { get; init; }

    /// <summary>Whether its edits may have different models, as rows of a table can.</summary>
    public bool MayVaryModel { get; set; }

    private int InFlight => pump?.InFlight ?? 0;

    /// <summary>Records that a source is processed. From now on, there is a batch to summarize.</summary>
    public void Begin()
    {
        if (_stage == Stage.Ready)
        {
            _stage = Stage.Running;
        }
    }

    /// <summary>Sets the number of requests that have not ended yet. No further requests will follow.</summary>
    public void Expect(int requests)
    {
        _expected = reporter.Tally.Ended + requests;
        reporter.Expect(_expected.Value);
    }

    /// <summary>Whether edits can still succeed. If not, they are counted.</summary>
    /// <param name="edits">The edits of one source.</param>
    /// <exception cref="BatchEndedException">No further edit can succeed.</exception>
    public bool MaySend(IReadOnlyList<ImageEdit> edits)
    {
        if (EndOf(edits[0]) is null)
        {
            return true;
        }

        LeaveUntried(edits[0], edits.Count);
        return false;
    }

    /// <summary>Starts edits, each as soon as the limit of edits in flight allows it. Edits that can no longer succeed are only
    /// counted.</summary>
    /// <param name="edits">The edits of one source.</param>
    /// <exception cref="BatchEndedException">No further edit can succeed.</exception>
    public void Send(IReadOnlyList<ImageEdit> edits)
    {
        for (var index = 0; index < edits.Count; index++)
        {
            if (!TrySend(edits[index]))
            {
                LeaveUntried(edits[index], edits.Count - index);
                return;
            }
        }
    }

    /// <summary>Skips an edit.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="result">The result that exists already.</param>
    /// <param name="reason">The reason, in one word.</param>
    public void Skip(ImageEdit edit, ImageEditResult result, string reason)
    {
        reporter.Skipped(edit, result, reason);
        reporter.ShowProgress(InFlight);
    }

    /// <summary>Counts and reports a request that cannot be sent.</summary>
    public void Refuse(TokaifyException exception, object? target)
    {
        Begin();
        reporter.Refused(exception, target);
    }

    /// <summary>Waits until all edits in flight have ended.</summary>
    /// <exception cref="BatchEndedException">Edits were not tried, because they could not have succeeded.</exception>
    public void Complete()
    {
        Expect(InFlight + _deferred.Count);
        _isAllSent = true;
        Drain();
        ReportUntried();

        reporter.EndProgress();
        reporter.ReportRefusals();
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

    /// <summary>Cancels edits in flight after a stop by the user. Ends the wait of the pipeline's thread at once. May be called on any
    /// thread.</summary>
    public void Cancel()
    {
        _isStopped = true;
        pump?.Cancel();
    }

    /// <summary>Cancels edits in flight and waits until their temporary files are removed. All ways to stop a batch call this method, some
    /// of them twice. It does nothing if the batch has ended.</summary>
    public void Abandon()
    {
        var hasBroken = _stage == Stage.Running;
        _stage = hasBroken ? Stage.Abandoned : _stage;
        pump?.Cancel();
        var cancelled = InFlight;
        while (pump?.TakeCancelled(EndTimeout) is { } next)
        {
            cancelled -= next is EditEvent.Saved or EditEvent.Skipped or EditEvent.Failed ? 1 : 0;
            reporter.Count(next);
        }

        reporter.EndProgress();
        if (hasBroken && HasSummary)
        {
            WriteSummary(cancelled);
        }

        if (hasBroken && _isStopped && pump is not null)
        {
            reporter.ReportStop(End.OfStop(cancelled));
        }
    }

    private bool TrySend(ImageEdit edit)
    {
        StartDeferred();
        _models.Add(edit.Request.Model);
        while (EndOf(edit) is null)
        {
            if (pump!.MayStart(edit))
            {
                Start(edit);
                return true;
            }

            if (MayVaryModel && pump.IsModelHeld(edit) && _deferred.Count < MostDeferred)
            {
                _deferred.AddLast(edit);
                return true;
            }

            HandleNext();
        }

        return false;
    }

    private void Start(ImageEdit edit)
    {
        ThrowIfStopping();
        // Each write may end the pipeline. So the edit starts only after the writes.
        reporter.Sending(edit);
        reporter.ShowProgress(InFlight + 1);
        _started++;
        pump!.Start(edit);
        while (Take(timeout: 0) is { } next)
        {
            Handle(next);
        }
    }

    private void StartDeferred()
    {
        for (var node = _deferred.First; node is not null;)
        {
            var (edit, next) = (node.Value, node.Next);
            if (EndOf(edit) is not null)
            {
                _deferred.Remove(node);
                CountUntried(edit, 1);
            }
            else if (pump!.MayStart(edit))
            {
                _deferred.Remove(node);
                Start(edit);
            }

            node = next;
        }
    }

    private void Drain()
    {
        while (InFlight > 0 || _deferred.Count > 0)
        {
            StartDeferred();
            if (InFlight > 0)
            {
                pump!.ExpectNoOther(isOnly: _started == 1 && _deferred.Count == 0 && _untried.Count == 0);
                HandleNext();
            }
        }
    }

    private TokaifyException? EndOf(ImageEdit edit) => pump!.EndOf(edit.Request.Model);

    private void CountUntried(ImageEdit edit, int requests)
    {
        var model = edit.Request.Model;
        _untried[model] = (_untried.TryGetValue(model, out var others) ? others : 0) + requests;
        reporter.Tally.LeaveUntried(requests);
    }

    private void LeaveUntried(ImageEdit edit, int requests)
    {
        CountUntried(edit, requests);
        if (!MayVaryModel || pump!.EndOf(model: null) is not null)
        {
            EndEarly(EndOf(edit)!, edit.Request.Model, isAllOfInput: _expected is not null);
        }
    }

    // If only some models cannot succeed, there is an error for each of them beside the results. If all models cannot, the command ends
    // with an error.
    private void ReportUntried()
    {
        if (_untried.Count == 0)
        {
            return;
        }

        if (_models.All(model => pump!.EndOf(model) is not null))
        {
            var model = _untried.Keys.First();
            EndEarly(pump!.EndOf(model)!, model, isAllOfInput: true);
        }

        foreach (var untried in _untried)
        {
            var cause = pump!.EndOf(untried.Key)!;
            Explain(cause, untried.Key);
            output.WriteFailure(End.Of(cause, untried.Key, untried.Value), untried.Key);
        }
    }

    // Waits for requests in flight before the error.
    private void EndEarly(TokaifyException cause, string model, bool isAllOfInput)
    {
        Drain();
        Explain(cause, model);
        var tally = reporter.Tally;
        tally.LeaveUntried(Math.Max(0, (_expected ?? 0) - tally.Ended - tally.NotTried));
        reporter.EndProgress();
        _stage = Stage.Ended;
        if (HasSummary)
        {
            WriteSummary();
        }

        throw new BatchEndedException(End.Of(cause, isAllOfInput));
    }

    private void Explain(TokaifyException failure, string model) =>
        pump!.Explain(failure, model, reporter.Tally.RequestsOf(failure.ErrorId));

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

    private EditEvent? Take(int timeout)
    {
        try
        {
            return pump!.Take(timeout);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Handle(EditEvent next)
    {
        reporter.Count(next);
        if (next is EditEvent.NotSent(var edit))
        {
            CountUntried(edit, 1);
        }

        reporter.ShowProgress(InFlight);
        // This is done only for the last failure of the batch: before it, a request for the relay's models would disturb the other
        // requests, and a later request may succeed.
        if (next is EditEvent.Failed(var last, var failure) && _isAllSent && InFlight == 0 && _deferred.Count == 0 && _untried.Count == 0)
        {
            Explain(failure, last.Request.Model);
        }

        reporter.Write(next);
    }

    // Every write checks this as well. After Select-Object -First has ended the earlier commands of the pipeline, PowerShell does not call
    // StopProcessing on Ctrl+C.
    private void ThrowIfStopping()
    {
        if (output.Stopping)
        {
            _isStopped = true;
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
