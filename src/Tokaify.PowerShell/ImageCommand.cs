namespace Tokaify.PowerShell;

/// <summary>A command that saves images: runs its requests, saves their images, and reports the results.</summary>
public abstract class ImageCommand : BatchCommand, IDisposable
{
    private EditPump? _pump;
    private EditBatch? _batch;
    private EditPlanner _planner = null!;
    private EditJournal? _journal;
    private RequestWarnings _warnings = null!;
    private Budget? _budget;
    private bool _mayBeAsked;
    private bool _hasStarted;
    private PipelineInput? _input;
    private TableColumns _columns = null!;

    private EditBatch Batch => _batch!;

    /// <summary>One word for the command's activity, for its progress bar.</summary>
    private protected abstract string Activity { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var preferences = Preferences.Of(this);
        if (!preferences.IsWhatIf)
        {
            TokaifyClient.WarmUp();
        }

        base.BeginProcessing();
        // ShouldProcess writes a verbose line as well.
        _mayBeAsked = preferences.Asks || preferences.IsVerbose;
        _planner = new EditPlanner(Existing);
        _warnings = new RequestWarnings(this, () => DateTime.UtcNow);
        _input = new PipelineInput(this);
        _columns = new TableColumns(this);
        _journal = Require(() => FindJournal(preferences.IsWhatIf));
        _budget = Require(() => MaximumCost is { } limit ? new Budget(limit) : null);
        if (preferences.IsWhatIf)
        {
            WarnOfConnection();
        }

        // The pump is opened early, so that a missing key is reported before a long listing of a folder.
        var pump = preferences.IsWhatIf ? null : Require(OpenPump);
        // The journal is open now, and contains the lines that an earlier command could not write into it.
        Require(ReadSpending);
        var reporter = new BatchReporter(this, Host, preferences, pump is null ? null : Activity) { WaitName = Words.NameOf(nameof(MaximumWaitSec)) };
        reporter.Tally.Budget = _budget;
        reporter.Tally.Sources = Own;
        _batch = new EditBatch(this, reporter, pump)
        {
            HasSummary = Summary,
            JournalPath = _journal.Path,
            DryRun = pump is null ? new DryRun(this, reporter.Tally) : null,
            End = new BatchEnd(reporter.Tally, HowToGoOn()) { LimitName = Words.NameOf(nameof(MaximumCost)) },
        };
    }

    /// <summary>Notes that the parameter for the pipeline's input was bound.</summary>
    private protected void NoteInput() => _input?.Bind();

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        _input!.Next(bringsValues: RowBrings(RowParameters));
        Watch(() =>
        {
            _columns.Look(_input!.Last);
            TakeInput();
        });
    }

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Watch(() =>
    {
        // A row that lacks a mandatory value does not reach ProcessRecord.
        _columns.Look(_input!.Last);
        TakeRest();
        Batch.Complete();
        CompleteJournal();
    });

    /// <summary>Processes one input object: submits its requests.</summary>
    private protected abstract void TakeInput();

    /// <summary>Submits requests that can be sent only after all of the input has been received.</summary>
    private protected virtual void TakeRest()
    {
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _batch?.Cancel();

    /// <summary>Cancels requests in flight, because the pipeline may have ended early.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels requests in flight.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch?.Abandon();
            _pump?.Dispose();
            _journal?.Dispose();
        }
    }

    // If the pipeline ends early while this command runs, an exception passes here: after Ctrl+C, Select-Object -First, -ErrorAction Stop
    // or an error in a later command. Here the command may still write to its variables, such as -InformationVariable.
    private void Watch(Action action)
    {
        try
        {
            action();
        }
        catch (BatchEndedException exception)
        {
            CompleteJournal();
            Throw(exception.Error);
        }
        catch
        {
            _batch?.Abandon();
            throw;
        }
    }

    private void CompleteJournal()
    {
        if (_journal!.Complete() is { } flaw)
        {
            WriteFailure(flaw, JournalPath);
        }
    }

    /// <summary>Reads the order from the command line and the current row.</summary>
    /// <param name="images">Reads the images that are known.</param>
    /// <param name="imagesToCome">The number of images that are added later.</param>
    /// <param name="target">The target object of the error.</param>
    /// <returns>Null if the order is invalid; the error has been written.</returns>
    private protected EditOrder? ReadOrder(Func<IReadOnlyList<SourceImage>> images, int imagesToCome, string? target)
    {
        try
        {
            CheckPrompt();
            var request = ReadRequest() with { Images = images() };
            request.Validate(imagesToCome);
            EnsureSourceRatio();
            _budget?.Check(request);
            var order = new EditOrder(request, ReadOutputName(), ReadDestination(), Count) { Row = _input!.Row, TakesSourceRatio = TakesSourceRatio };
            CheckSeeds();
            _hasStarted = true;
            return order;
        }
        catch (TokaifyException exception)
        {
            // If the first row fails and brings no values of its own, the command line is invalid, and the command ends.
            if (!_hasStarted && !RowBrings(RowParameters))
            {
                Throw(exception, target);
            }

            _hasStarted = true;
            Refuse(exception, target);
            return null;
        }
    }

    /// <summary>Whether a source belongs to the command's share.</summary>
    /// <param name="isOwn">Checks the source.</param>
    /// <exception cref="TokaifyException">The source cannot be assigned to a share, but earlier ones could. If the first source cannot be
    /// assigned, the command ends.</exception>
    private protected bool Place(Func<bool> isOwn) => Own.HasPlaced ? isOwn() : Require(isOwn);

    /// <summary>Sends the requests of an order. Requests whose results exist already are skipped.</summary>
    /// <param name="order">The order.</param>
    /// <param name="origin">The source path or the prompt, for messages.</param>
    /// <exception cref="TokaifyException">The requests cannot be sent.</exception>
    private protected void Submit(EditOrder order, string origin)
    {
        Batch.Begin();
        Batch.MayVaryModel |= RowBrings(nameof(Model));
        var missing = _planner.Plan(order);
        for (var index = 0; index < missing.Count; index++)
        {
            missing[index] = _journal!.Identify(missing[index]);
        }

        missing.RemoveAll(edit => IsThere(edit, origin));
        if (missing.Count == 0)
        {
            return;
        }

        _warnings.LookForResult(order);
        if (Batch.DryRun is { } dryRun)
        {
            _warnings.Look(missing[0]);
            dryRun.Plan(missing, origin);
        }
        else if (Batch.MaySend(missing) && ShouldSend(missing, origin))
        {
            _warnings.Look(missing[0]);
            _planner.Prepare(missing[0]);
            Batch.Send(missing);
        }
    }

    /// <summary>The journal entry that is being processed; null if the input is another object.</summary>
    private protected JournalEntry? InputEntry => _input?.Last?.BaseObject as JournalEntry;

    /// <summary>Checks an order that is sent again: the service must accept it, and its cost must be known if there is a limit.</summary>
    /// <exception cref="TokaifyException">The check failed.</exception>
    private protected EditOrder Check(EditOrder order)
    {
        order = order with { Request = order.Request with { Catalog = Models } };
        order.Request.Validate();
        _budget?.Check(order.Request);
        return order;
    }

    /// <summary>Reports a request that cannot be sent. The batch goes on.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="origin">The path of the source, as it was given; for an image from text alone, the prompt.</param>
    private protected void Refuse(TokaifyException exception, string? origin)
    {
        origin = UnusableInput.Named(origin);
        exception.Worded(Words.Of).Subject ??= HasSources ? EditLabel.Of(origin, prompt: null, _input!.Row) : EditLabel.Of(path: null, origin, _input!.Row);
        if (Batch.DryRun is null)
        {
            AppendRefused(HasSources ? FullPath(origin) : null, exception);
        }

        Batch.Refuse(exception, origin);
    }

    // A journal entry that cannot be sent again has a line in a journal already.
    private void AppendRefused(string? source, TokaifyException exception)
    {
        if (InputEntry is null)
        {
            // Without an origin, the entry cannot be sent again: the source's ratio is not known yet.
            _journal!.AppendRefused(ReadRequest(), source, exception, TakesSourceRatio ? null : new JournalOrigin(
                Index: null, Count, FindReferences(), FindFolder(source), TextOf(OutputName) ?? DefaultOutputName, IsTurn: false));
        }
    }

    /// <summary>The full paths of the reference images; null if they cannot be resolved.</summary>
    private protected virtual IReadOnlyList<string>? FindReferences() => [];

    /// <summary>Sets the number of requests that have not ended yet. No further requests will follow.</summary>
    private protected void Expect(int requests) => Batch.Expect(requests);

    private bool IsThere(ImageEdit edit, string origin)
    {
        if (_journal!.FindDone(edit) is { } done)
        {
            WriteSkipped(edit, done, origin, reason: "journal", "it is saved according to the journal");
            return true;
        }

        if (_planner.FindExisting(edit) is { } existing)
        {
            WriteSkipped(edit, existing, origin, reason: "exists", $"'{existing.Path}' exists");
            return true;
        }

        if (!RetryFailed && _journal.FindRefused(edit) is { } refused)
        {
            WriteSkipped(edit, refused, origin, reason: "refused", $"it was refused before: {refused.Error!.Message.TrimEnd('.')}");
            return true;
        }

        return false;
    }

    private void WriteSkipped(ImageEdit edit, ImageEditResult result, string origin, string reason, string explanation)
    {
        Batch.Skip(edit, result, reason);
        if (Batch.DryRun is { } dryRun)
        {
            dryRun.Skip(origin, explanation);
        }
        else
        {
            _journal!.AppendSkipped(edit, result);
        }

        WriteObject(result);
    }

    // The confirmation prompt gets a sentence, the verbose stream gets a log line.
    private bool ShouldSend(List<ImageEdit> edits, string origin) => !_mayBeAsked || ShouldProcess(
        VerboseLog.Planned(origin, edits),
        $"{DryRun.Describe(edits, origin, [DryRun.TargetOf(edits[0])])}?",
        caption: "Confirm");

    // A dry run needs no key, so a missing key is only a warning.
    private void WarnOfConnection()
    {
        try
        {
            Validate(Connection);
        }
        catch (TokaifyException exception)
        {
            WriteWarning($"Without -WhatIf, this would send nothing: {exception.Worded(Words.Of).Message}");
        }
    }

    private EditPump OpenPump()
    {
        UseConnection(Connection);
        _pump = new EditPump(Connection, ClientOptions(_journal!.Writer, _budget), ThrottleLimit, TimeSpan.FromSeconds(MaximumWaitSec));
        _journal.Writer?.PowerShell = PowerShellOfSession;
        _journal.Writer?.OmitsPrompt = JournalOmitPrompt;
        _journal.Open(this);
        _journal.Watch(_pump.Cancel, _pump.AwaitEnds);
        return _pump;
    }

    private void ReadSpending()
    {
        foreach (var journal in _budget is null ? [] : _journal!.Earlier)
        {
            foreach (var amount in JournalSpending.Read(journal, Models).Amounts)
            {
                _budget!.AddSpentBefore(amount.Value, amount.Key);
            }
        }
    }
}
