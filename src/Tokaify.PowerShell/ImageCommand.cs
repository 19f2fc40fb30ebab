using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>A command that saves images: runs its requests, saves their images, and reports the results.</summary>
public abstract class ImageCommand : RequestCommand, IDisposable
{
    private const int LongestWaitSec = 120;

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

    /// <summary>The folder for the images. It is created if it does not exist.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? Destination { get; set; }

    /// <summary>The file name of the images, without an extension. Tokens: {name}, {index}, {model}, {time}.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OutputNameCompleter))]
    public string? OutputName { get; set; }

    /// <summary>Overwrites existing files of the same name. Without it, a free name is used.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Skips requests whose image exists already under the same name.</summary>
    [Parameter]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>The number of variations, one request each.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Count { get; set; } = 1;

    /// <summary>The journal: a file of JSON lines. A line is appended for each request before it is sent, and for each edit when it ends.
    /// Several commands may share the file. If it is a folder, each command writes a file of its own in it. Default: the environment's
    /// TOKAIFY_JOURNAL_PATH, else none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>Writes digests into the journal in place of the prompt and of other texts that may repeat it.</summary>
    [Parameter]
    public SwitchParameter JournalOmitPrompt { get; set; }

    /// <summary>Skips requests that were saved before according to the journal, even if the source was moved.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>With <c>-Resume</c>, also sends requests that were refused before. They are likely to be refused again.</summary>
    [Parameter]
    public SwitchParameter RetryFailed { get; set; }

    /// <summary>Writes prompt, model and response id into the saved file, if its format allows it. Without it, the file has exactly the
    /// bytes that the service sent.</summary>
    [Parameter]
    public SwitchParameter EmbedMetadata { get; set; }

    /// <summary>Writes a summary of the batch at the end: a Tokaify.BatchSummary in the information stream, shown as one line.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>The limit for the cost of the batch, in the currency of the model's price. Earlier cost in the journal counts. Before a
    /// request would exceed the limit, sending stops.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public decimal? MaximumCost { get; set; }

    /// <summary>The maximum number of requests in flight.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The maximum number of requests started in a minute, retries included, evenly spread. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(1, 60000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int RequestsPerMinute { get; set; }

    /// <summary>The maximum number of further attempts after a transient failure.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int MaximumRetryCount { get; set; } = 4;

    /// <summary>The seconds before the first retry. The interval doubles with each further retry. A wait that the service asks for takes
    /// precedence.</summary>
    [Parameter]
    [ValidateRange(1, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int RetryIntervalSec { get; set; } = 1;

    /// <summary>The maximum wait, in seconds, for a service that is unavailable or asks for a wait; with 0, each image fails on its own.
    /// After the wait, the command ends without trying the rest.</summary>
    [Parameter]
    [ValidateRange(0, 7 * 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int MaximumWaitSec { get; set; } = 600;

    /// <summary>The maximum number of further requests after a response that has neither an image nor a refusal.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int NoImageRetryCount { get; set; }

    /// <summary>The time limit for one attempt in seconds; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>The share of the sources that this command takes, such as 3/8, Auto or Auto/8; without it, all of them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ShardCompleter))]
    public string? Shard { get; set; }

    /// <summary>Selects the sources that belong to this command's share.</summary>
    private protected OwnSources Own { get; private set; } = null!;

    /// <summary>Resolves the user's paths.</summary>
    private protected SourcePaths Paths { get; private set; } = null!;

    /// <summary>Whether the prompt stays out of the journal, and so out of the names that the journal holds.</summary>
    private protected bool OmitsPrompt => JournalOmitPrompt && JournalPath is not null;

    private EditBatch Batch => _batch!;

    /// <summary>The template of the names if none is given.</summary>
    private protected abstract string DefaultOutputName { get; }

    /// <summary>Whether its requests have sources.</summary>
    private protected abstract bool HasSources { get; }

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
        TakeSettings();
        // ShouldProcess writes a verbose line as well.
        _mayBeAsked = preferences.Asks || preferences.IsVerbose;
        Paths = new SourcePaths(SessionState.Path);
        _planner = Require(() => new EditPlanner(ExistingFiles()));
        _warnings = new RequestWarnings(this, () => DateTime.UtcNow);
        _input = new PipelineInput(this);
        _columns = new TableColumns(this);
        Own = Require(() => new OwnSources(Shard, SessionState.Path));
        Require(CheckBatchParameters);
        Require(TakeDefaultJournal);
        _journal = Require(() => EditJournal.For(
            JournalPath is null ? null : Paths.Resolve(JournalPath),
            isFolder: JournalPath?.TrimEnd('/', '\\') != JournalPath,
            Own.Share?.ToString(),
            Resume,
            preferences.IsWhatIf));
        _budget = Require(() => MaximumCost is { } limit ? new Budget(limit) : null);
        if (preferences.IsWhatIf)
        {
            WarnOfConnection();
        }

        // The pump is opened early, so that a missing key is reported before a long listing of a folder.
        var pump = preferences.IsWhatIf ? null : Require(OpenPump);
        // The journal is open now, and contains the lines that an earlier command could not write into it.
        Require(ReadSpending);
        var reporter = new BatchReporter(this, Host, preferences, pump is null ? null : Activity);
        reporter.Tally.Budget = _budget;
        reporter.Tally.Sources = Own;
        _batch = new EditBatch(this, reporter, pump)
        {
            HasSummary = Summary,
            JournalPath = _journal.Path,
            DryRun = pump is null ? new DryRun(this, reporter.Tally) : null,
            End = new BatchEnd(reporter.Tally, HowToGoOn()),
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

    private string HowToGoOn() =>
        Resume || SkipExisting ? "the same command goes on where this one ended."
        : JournalPath is not null ? "the same command with -Resume goes on where this one ended."
        : Force ? "the same command with -SkipExisting in place of -Force goes on where this one ended."
        : "the same command with -SkipExisting goes on where this one ended.";

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

    private void EnsureSourceRatio()
    {
        if (TakesSourceRatio && !HasSources)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "An image from text alone has no source, so it cannot have the source's aspect "
                    + "ratio. Give a ratio, such as 16:9.");
        }
    }

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

    /// <summary>The template of the names from the command line; null if none is given.</summary>
    private protected OutputName? GivenOutputName() => IsGiven(nameof(OutputName)) ? ReadOutputName() : null;

    /// <summary>The folder from the command line; null if none is given.</summary>
    private protected string? GivenDestination() => IsGiven(nameof(Destination)) ? ReadDestination() : null;

    /// <summary>Checks an order that is sent again: the service must accept it, and its cost must be known if there is a limit.</summary>
    /// <exception cref="TokaifyException">The check failed.</exception>
    private protected EditOrder Check(EditOrder order)
    {
        order = order with { Request = order.Request with { Catalog = Models } };
        order.Request.Validate();
        _budget?.Check(order.Request);
        return order;
    }

    /// <summary>Refuses request settings for a journal entry, which is sent again unchanged.</summary>
    /// <param name="further">The names of further settings, which only the derived command has.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: a setting is given.</exception>
    private protected void RefuseSettings(params string[] further)
    {
        string[] settings = [.. s_settings, nameof(Count), .. further];
        if (settings.FirstOrDefault(IsGiven) is { } setting)
        {
            Require(() => throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"A journal entry is sent again unchanged: leave out -{setting}."));
        }
    }

    /// <summary>Reports a request that cannot be sent. The batch goes on.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="origin">The path of the source, as it was given; for an image from text alone, the prompt.</param>
    private protected void Refuse(TokaifyException exception, string? origin)
    {
        origin = UnusableInput.Named(origin);
        exception.Worded().Subject ??= HasSources ? EditLabel.Of(origin, prompt: null, _input!.Row) : EditLabel.Of(path: null, origin, _input!.Row);
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

    /// <summary>The full path of the folder for the images of a source; null if it cannot be resolved.</summary>
    private protected virtual string? FindFolder(string? source) =>
        FullPath(Destination) ?? (source is null ? SessionState.Path.CurrentFileSystemLocation.ProviderPath : System.IO.Path.GetDirectoryName(source));

    /// <summary>Sets the number of requests that have not ended yet. No further requests will follow.</summary>
    private protected void Expect(int requests) => Batch.Expect(requests);

    // If a text cannot be a path, the journal gets the text itself.
    private string? FullPath(string? path)
    {
        try
        {
            return TextOf(path) is null ? null : Paths.Resolve(path!);
        }
        catch (TokaifyException)
        {
            return path;
        }
    }

    // Parameters of a request, without its prompt.
    private static readonly string[] s_settings =
    [
        nameof(Model), nameof(AspectRatio), nameof(ImageSize), nameof(SystemInstruction), nameof(Temperature), nameof(TopP), nameof(TopK),
        nameof(MaxOutputTokens), nameof(Seed), nameof(IncludeText), nameof(SafetySetting), nameof(Tool), nameof(AdditionalProperty),
    ];

    /// <summary>The parameters that a row of a table may bring.</summary>
    private protected virtual string[] RowParameters => ImageParameters;

    private protected static readonly string[] ImageParameters =
    [
        nameof(Prompt), nameof(Model), nameof(AspectRatio), nameof(ImageSize), nameof(ThinkingLevel), nameof(SystemInstruction), nameof(Temperature),
        nameof(TopP), nameof(TopK), nameof(MaxOutputTokens), nameof(Seed), nameof(Destination), nameof(OutputName),
    ];

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
            WriteWarning($"Without -WhatIf, this would send nothing: {exception.Worded().Message}");
        }
    }

    private void TakeDefaultJournal()
    {
        if (JournalPath is null && DefaultJournal.Find(Settings) is { } journal)
        {
            JournalPath = journal.Path;
            WriteVerbose($"The journal is '{Paths.Resolve(journal.Path)}', as {journal.Origin} says.");
        }
    }

    // What the command line leaves open, the profile of the connection says.
    private void TakeSettings()
    {
        if (Settings is not { } profile)
        {
            return;
        }

        ThrottleLimit = IsGiven(nameof(ThrottleLimit)) ? ThrottleLimit : profile.ThrottleLimit ?? ThrottleLimit;
        RequestsPerMinute = IsGiven(nameof(RequestsPerMinute)) ? RequestsPerMinute : profile.RequestsPerMinute ?? RequestsPerMinute;
        MaximumWaitSec = IsGiven(nameof(MaximumWaitSec)) ? MaximumWaitSec : profile.MaximumWaitSec ?? MaximumWaitSec;
        TimeoutSec = IsGiven(nameof(TimeoutSec)) ? TimeoutSec : profile.TimeoutSec ?? TimeoutSec;
        MaximumCost ??= profile.MaximumCost;
        foreach (var unknown in profile.UnknownSettings)
        {
            WriteWarning($"The profile '{profile.Name}' has a setting '{unknown}' that this version of the module does not know and does not use.");
        }
    }

    private EditPump OpenPump()
    {
        UseConnection(Connection);
        _pump = new EditPump(Connection, ClientOptions(), ThrottleLimit, TimeSpan.FromSeconds(MaximumWaitSec));
        _journal!.Writer?.PowerShell = PowerShellOfSession;
        _journal.Writer?.OmitsPrompt = JournalOmitPrompt;
        _journal.Open(this);
        _journal.Watch(_pump.Cancel, _pump.AwaitEnds);
        return _pump;
    }

    private TokaifyClientOptions ClientOptions() => new()
    {
        Journal = _journal!.Writer,
        UserAgent = UserAgentOfSession,
        WordAdvice = AdviceWords.Of,
        Budget = _budget,
        EmbedMetadata = EmbedMetadata,
        NoImageRetryCount = NoImageRetryCount,
        Retry = new RetryOptions
        {
            MaximumRetryCount = MaximumRetryCount,
            RetryInterval = TimeSpan.FromSeconds(RetryIntervalSec),
            // A -RetryIntervalSec above the default maximum raises the maximum.
            MaximumRetryInterval = TimeSpan.FromSeconds(Math.Max(LongestWaitSec, RetryIntervalSec)),
            MaximumWait = TimeSpan.FromSeconds(MaximumWaitSec),
            AttemptTimeout = TimeSpan.FromSeconds(TimeoutSec),
            AttemptSpacing = RequestsPerMinute > 0 ? TimeSpan.FromMinutes(1.0 / RequestsPerMinute) : TimeSpan.Zero,
        },
    };

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

    private OutputName ReadOutputName()
    {
        var name = new OutputName(TextOf(OutputName) ?? DefaultOutputName);
        if (Own.Share is not null && (Force || SkipExisting) && !(HasSources && name.HasName))
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "With -Shard, -Force and -SkipExisting need names that no other share can have: the names of sources, with {name} "
                + "in -OutputName. "
                + "Use -Resume with a folder as -JournalPath, or leave them out.");
        }

        return name;
    }

    private void CheckBatchParameters()
    {
        ReadOutputName();
        ReadDestination();
        CheckSeeds();
        CheckResume();
    }

    private string? ReadDestination() => TextOf(Destination) is { } folder ? Paths.ResolveFolder(folder) : null;

    private void CheckSeeds()
    {
        if (Seed > int.MaxValue - Count + 1)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"Each variation takes the next seed, and {Count} seeds from {Seed} on would exceed {int.MaxValue}. Give a smaller -Seed.");
        }
    }

    private void CheckResume()
    {
        if (RetryFailed && !Resume)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-RetryFailed sends the requests that -Resume skips because they were refused before: use both. Without -Resume, "
                + "everything is sent.");
        }
    }

    private ExistingFiles ExistingFiles()
    {
        if (Force && SkipExisting)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-Force overwrites existing files, -SkipExisting keeps them: use only one of them.");
        }

        return Force ? Tokaify.PowerShell.ExistingFiles.Overwrite
            : SkipExisting ? Tokaify.PowerShell.ExistingFiles.Skip
            : Tokaify.PowerShell.ExistingFiles.Keep;
    }
}
