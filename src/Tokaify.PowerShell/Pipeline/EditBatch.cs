using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The batch of one command: starts its edits, takes what happens to them, and comes to one of three ends: complete, ended
/// early because nothing can succeed any more, or abandoned.</summary>
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

    // Edits of a model that is unavailable while others are not. Beyond that number, the pipeline waits.
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
        /// <summary>Nothing has been looked at.</summary>
        Ready,

        /// <summary>Something has, and may be in flight.</summary>
        Running,

        /// <summary>All has come to its end.</summary>
        Complete,

        /// <summary>Nothing more could succeed, and the rest was not tried.</summary>
        Ended,

        /// <summary>The command has ended. Edits that end while it is being stopped are only counted.</summary>
        Abandoned,
    }

    /// <summary>Whether it says at the end what became of it.</summary>
    public bool HasSummary { get; init; }

    /// <summary>The full path of its journal, for the summary; null for none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The dry run, with <c>-WhatIf</c>; null if requests are sent.</summary>
    public DryRun? DryRun { get; init; }

    /// <summary>Makes the error where it ends early.</summary>
    public required BatchEnd End { get; init; }

    /// <summary>Whether its edits may be of several models, as rows of a table can ask for.</summary>
    public bool MayVaryModel { get; set; }

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
    public void Expect(int requests)
    {
        _expected = reporter.Tally.Ended + requests;
        reporter.Expect(_expected.Value);
    }

    /// <summary>Whether edits can still succeed. If not, they are counted.</summary>
    /// <param name="edits">The edits of one source.</param>
    /// <exception cref="BatchEndedException">None can succeed any more, whatever comes.</exception>
    public bool MaySend(IReadOnlyList<ImageEdit> edits)
    {
        if (EndOf(edits[0]) is null)
        {
            return true;
        }

        LeaveUntried(edits[0], edits.Count);
        return false;
    }

    /// <summary>Starts edits, each as soon as there is room in flight. Those that cannot succeed any more are counted.</summary>
    /// <param name="edits">The edits of one source.</param>
    /// <exception cref="BatchEndedException">None can succeed any more, whatever comes.</exception>
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
    /// <exception cref="BatchEndedException">Something was not tried, because it could not have succeeded.</exception>
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

    /// <summary>Stops what is in flight, because the user wants it: the pipeline's thread, which waits for it, notices at once. From any
    /// thread.</summary>
    public void Cancel()
    {
        _isStopped = true;
        pump?.Cancel();
    }

    /// <summary>Cancels what is in flight and waits until its temporary files are gone. Every way to stop a batch ends here, and
    /// some come twice. Does nothing to a batch that has come to its end.</summary>
    public void Abandon()
    {
        var hasBroken = _stage == Stage.Running;
        _stage = hasBroken ? Stage.Abandoned : _stage;
        pump?.Cancel();
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
        // Each write may end the pipeline: what has not begun by then never does.
        reporter.Sending(edit);
        reporter.ShowProgress(InFlight + 1);
        _started++;
        pump!.Start(edit);
        while (Take(patience: 0) is { } next)
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

    // Of one model, where others were not affected, it is an error beside the results; else the command ends with it.
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

    // Requests in flight end first.
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
        if (next is EditEvent.NotSent(var edit))
        {
            CountUntried(edit, 1);
        }

        reporter.ShowProgress(InFlight);
        // The last one. Before, it would come between the requests of the batch, and the relay may have the model yet.
        if (next is EditEvent.Failed(var last, var failure) && _isAllSent && InFlight == 0 && _deferred.Count == 0 && _untried.Count == 0)
        {
            Explain(failure, last.Request.Model);
        }

        reporter.Tell(next);
    }

    // As every write does. Once Select-Object -First has ended what stands before the command, PowerShell no longer calls
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
