using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>A command that saves images: how its requests run, where their images go, what becomes of them.</summary>
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

    /// <summary>The folder to save in, made if missing.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? Destination { get; set; }

    /// <summary>The name to save under, without an extension; tokens {name}, {index}, {model}, {time}.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OutputNameCompleter))]
    public string? OutputName { get; set; }

    /// <summary>Overwrites what is there under the same name. Without it a free name is found.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Sends nothing where an image is there already under the same name.</summary>
    [Parameter]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>The number of variations, one request each.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Count { get; set; } = 1;

    /// <summary>A file that a line is appended to for each request before it is sent, and for each edit as it ends, as JSON. Several
    /// commands may share it. Or a folder of such files, in which each command writes one of its own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>Leaves out, unsent, what the journal says was saved before, wherever the source is now.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>With <c>-Resume</c>, sends also what was refused before and will be again, unless the service has changed its mind.</summary>
    [Parameter]
    public SwitchParameter RetryFailed { get; set; }

    /// <summary>Writes prompt, model and response id into the saved file, where its format has a place for it. Without it
    /// the file is byte for byte what the service sent.</summary>
    [Parameter]
    public SwitchParameter EmbedMetadata { get; set; }

    /// <summary>Says at the end what became of the batch: a Tokaify.BatchSummary in the information stream, shown as a line.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>The limit for the cost of the batch, in the currency of the model's price. What the journal has spent before counts. If another
    /// request would pass it, none is sent any more.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public decimal? MaximumCost { get; set; }

    /// <summary>The number of requests in flight, at the most.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The number of requests started in a minute, at the most, retries counted; evenly spread. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(1, 60000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int RequestsPerMinute { get; set; }

    /// <summary>The number of further attempts where one fails and another is worth it.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int MaximumRetryCount { get; set; } = 4;

    /// <summary>The seconds before the first retry; they double with each further one. The service's own wish wins.</summary>
    [Parameter]
    [ValidateRange(1, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int RetryIntervalSec { get; set; } = 1;

    /// <summary>The longest wait, in seconds, for a service that is away or that asks for a wait; 0 to let each image fail by itself.
    /// After it the command ends, and what was not tried stays so.</summary>
    [Parameter]
    [ValidateRange(0, 7 * 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int MaximumWaitSec { get; set; } = 600;

    /// <summary>How often a response without an image and without a refusal is asked for again.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int NoImageRetryCount { get; set; }

    /// <summary>The seconds one attempt may take; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>The share of the sources that this command takes, such as 3/8, Auto or Auto/8; without it, all of them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ShardCompleter))]
    public string? Shard { get; set; }

    /// <summary>Which sources are this command's.</summary>
    private protected OwnSources Own { get; private set; } = null!;

    /// <summary>Where the user's paths lead.</summary>
    private protected SourcePaths Paths { get; private set; } = null!;

    private EditBatch Batch => _batch!;

    /// <summary>The template of the names where none is given.</summary>
    private protected abstract string DefaultOutputName { get; }

    /// <summary>Whether its requests have sources.</summary>
    private protected abstract bool HasSources { get; }

    /// <summary>What the command does, in a word, for its progress bar.</summary>
    private protected abstract string Activity { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var preferences = new Preferences(this);
        if (!preferences.IsWhatIf)
        {
            TokaifyClient.WarmUp();
        }

        base.BeginProcessing();
        // ShouldProcess writes a verbose line as well.
        _mayBeAsked = preferences.Asks || preferences.IsVerbose;
        Paths = new SourcePaths(SessionState.Path);
        _planner = Require(() => new EditPlanner(ExistingFiles()));
        _warnings = new RequestWarnings(this, () => DateTime.UtcNow);
        _input = new PipelineInput(this);
        _columns = new TableColumns(this);
        Own = Require(() => new OwnSources(Shard, SessionState.Path));
        Require(CheckBatchParameters);
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

        // Early: a missing key is reported before a long listing of a folder.
        var pump = preferences.IsWhatIf ? null : Require(OpenPump);
        // The journal is open by now: lines that had been kept elsewhere are in it.
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

    /// <summary>The parameter that takes what comes in has got a value.</summary>
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
        // A row without what a parameter needs never came to ProcessRecord.
        _columns.Look(_input!.Last);
        TakeRest();
        Batch.Complete();
        CompleteJournal();
    });

    /// <summary>Takes what came in: submits what it asks for.</summary>
    private protected abstract void TakeInput();

    /// <summary>Submits what could not be before all of the input was there.</summary>
    private protected virtual void TakeRest()
    {
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _batch?.Cancel();

    /// <summary>Cancels what is in flight: the pipeline may have ended early.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels what is in flight.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch?.Abandon();
            _pump?.Dispose();
            _journal?.Dispose();
        }
    }

    // The pipeline is ended early by an exception that passes here while this command is at work:
    // Ctrl+C, Select-Object -First, -ErrorAction Stop, a command behind this one. Here it may still write to its variables.
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

    /// <summary>What the command line and the row that is being processed ask for.</summary>
    /// <param name="images">The images that are known.</param>
    /// <param name="imagesToCome">The number of those that are not.</param>
    /// <param name="target">What the row is about, for the error.</param>
    /// <returns>Null where it cannot be; the user has been told.</returns>
    private protected EditOrder? ReadOrder(Func<IReadOnlyList<SourceImage>> images, int imagesToCome, string? target)
    {
        try
        {
            CheckPrompt();
            var request = ReadRequest() with { Images = images() };
            request.Validate();
            request.ValidateSettings(imagesToCome);
            EnsureSourceRatio();
            _budget?.Check(request);
            var order = new EditOrder(request, ReadOutputName(), ReadDestination(), Count) { Row = _input!.Row, TakesSourceRatio = TakesSourceRatio };
            CheckSeeds();
            _hasStarted = true;
            return order;
        }
        catch (TokaifyException exception)
        {
            // An error in the first row that does not come from the row's own values is an error of the command line: it ends the command.
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
    /// <param name="isOwn">Finds that out.</param>
    /// <exception cref="TokaifyException">It cannot be placed, and others could. If the first source cannot be placed, the command ends.</exception>
    private protected bool Place(Func<bool> isOwn) => Own.HasPlaced ? isOwn() : Require(isOwn);

    private void EnsureSourceRatio()
    {
        if (TakesSourceRatio && !HasSources)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "An image from text alone has no source whose aspect ratio it could take. Name a ratio.");
        }
    }

    /// <summary>Sends what is ordered, but for what is there already and need not be made again.</summary>
    /// <param name="order">The order.</param>
    /// <param name="origin">The source path or the prompt, for messages.</param>
    /// <exception cref="TokaifyException">It cannot be.</exception>
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

    /// <summary>The entry of a journal that is being processed; null for anything else.</summary>
    private protected JournalEntry? InputEntry => _input?.Last?.BaseObject as JournalEntry;

    /// <summary>The template of the names that stands on the command line; null for none.</summary>
    private protected OutputName? GivenOutputName() => IsGiven(nameof(OutputName)) ? ReadOutputName() : null;

    /// <summary>The folder that stands on the command line; null for none.</summary>
    private protected string? GivenDestination() => IsGiven(nameof(Destination)) ? ReadDestination() : null;

    /// <summary>Looks for what the service would refuse in an order that is asked again, and for what cannot be counted.</summary>
    /// <exception cref="TokaifyException">It would be.</exception>
    private protected EditOrder Check(EditOrder order)
    {
        order.Request.Validate();
        _budget?.Check(order.Request);
        return order;
    }

    /// <summary>Refuses settings beside an entry of a journal, which is asked again as it was.</summary>
    /// <param name="further">Settings of the command itself.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: there are some.</exception>
    private protected void RefuseSettings(params string[] further)
    {
        string[] settings = [.. s_settings, nameof(Count), .. further];
        if (settings.FirstOrDefault(IsGiven) is { } setting)
        {
            Require(() => throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"An entry of a journal is asked again as it was: leave out -{setting}."));
        }
    }

    /// <summary>Reports that something cannot be sent; the batch goes on.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="origin">The path of the source, as it was given; of an image from text alone, the prompt.</param>
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

    // Of an entry that cannot be asked again, there is a line already.
    private void AppendRefused(string? source, TokaifyException exception)
    {
        if (InputEntry is null)
        {
            // A ratio that is not known yet cannot be asked for again.
            _journal!.AppendRefused(ReadRequest(), source, exception, TakesSourceRatio ? null : new JournalOrigin(
                Index: null, Count, FindReferences(), FindFolder(source), TextOf(OutputName) ?? DefaultOutputName, IsTurn: false));
        }
    }

    /// <summary>The full paths of the reference images; null if they cannot be told.</summary>
    private protected virtual IReadOnlyList<string>? FindReferences() => [];

    /// <summary>The full path of the folder that the images of a source go to; null if it cannot be told.</summary>
    private protected virtual string? FindFolder(string? source) =>
        FullPath(Destination) ?? (source is null ? SessionState.Path.CurrentFileSystemLocation.ProviderPath : System.IO.Path.GetDirectoryName(source));

    /// <summary>So many requests are still to come to an end, and no more than these: the batch is known.</summary>
    private protected void Expect(int requests) => Batch.Expect(requests);

    // Of what cannot be a path, the journal holds the user's own words.
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
            WriteSkipped(edit, done, origin, reason: "journal", "the journal has it as saved");
            return true;
        }

        if (_planner.FindExisting(edit) is { } existing)
        {
            WriteSkipped(edit, existing, origin, reason: "exists", $"'{existing.Path}' is there");
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

    // The request for a decision says it in a sentence, the verbose stream in a line of its own kind.
    private bool ShouldSend(List<ImageEdit> edits, string origin) => !_mayBeAsked || ShouldProcess(
        VerboseLog.Planned(origin, edits),
        $"{DryRun.Describe(edits, origin, [DryRun.TargetOf(edits[0])])}?",
        caption: "Confirm");

    // A dry run needs no key; the real one will.
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

    private EditPump OpenPump()
    {
        UseConnection(Connection);
        _pump = new EditPump(Connection, ClientOptions(), ThrottleLimit, TimeSpan.FromSeconds(MaximumWaitSec));
        _journal!.Open(this);
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
            foreach (var amount in JournalSpending.Read(journal).Amounts)
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
                "With -Shard, -Force and -SkipExisting go by names that no other share can have: those of sources, with {name} in -OutputName. "
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
                $"Each variation takes the next seed, and there are no {Count} from {Seed} on. The last one is {int.MaxValue}.");
        }
    }

    private void CheckResume()
    {
        if (RetryFailed && !Resume)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-RetryFailed sends what -Resume leaves out because it was refused before: use both. Without -Resume, everything is sent.");
        }
    }

    private ExistingFiles ExistingFiles()
    {
        if (Force && SkipExisting)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-Force overwrites what is there, -SkipExisting leaves it: use one of them.");
        }

        return Force ? Tokaify.PowerShell.ExistingFiles.Overwrite
            : SkipExisting ? Tokaify.PowerShell.ExistingFiles.Skip
            : Tokaify.PowerShell.ExistingFiles.Keep;
    }
}
