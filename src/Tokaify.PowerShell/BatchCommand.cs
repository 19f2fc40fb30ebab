using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>A command that requests many images: where they are saved, what is skipped, and the limits of the batch.</summary>
/// <remarks>What the command line leaves open, the profile of the connection says.</remarks>
public abstract class BatchCommand : RequestCommand
{
    private const int LongestWaitSec = 120;

    // Parameters of a request, without its prompt.
    private static readonly string[] s_settings =
    [
        nameof(Model), nameof(AspectRatio), nameof(ImageSize), nameof(SystemInstruction), nameof(Temperature), nameof(TopP), nameof(TopK),
        nameof(MaxOutputTokens), nameof(Seed), nameof(IncludeText), nameof(SafetySetting), nameof(Tool), nameof(AdditionalProperty),
    ];

    private protected static readonly string[] ImageParameters =
    [
        nameof(Prompt), nameof(Model), nameof(AspectRatio), nameof(ImageSize), nameof(ThinkingLevel), nameof(SystemInstruction), nameof(Temperature),
        nameof(TopP), nameof(TopK), nameof(MaxOutputTokens), nameof(Seed), nameof(Destination), nameof(OutputName),
    ];

    private readonly HashSet<string> _ofProfile = [];
    private string? _journalOrigin;

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

    /// <summary>How existing files of the same name are treated.</summary>
    private protected ExistingFiles Existing { get; private set; }

    /// <inheritdoc/>
    private protected override IReadOnlyCollection<string> ParametersOfProfile => _ofProfile;

    /// <summary>The template of the names if none is given.</summary>
    private protected abstract string DefaultOutputName { get; }

    /// <summary>Whether its requests have sources.</summary>
    private protected abstract bool HasSources { get; }

    /// <summary>The parameters that a row of a table may bring.</summary>
    private protected virtual string[] RowParameters => ImageParameters;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        TakeSettings();
        Paths = new SourcePaths(SessionState.Path);
        Existing = Require(ReadExisting);
        Own = Require(() => new OwnSources(Shard, SessionState.Path));
        Require(CheckBatchParameters);
        Require(TakeDefaultJournal);
    }

    /// <summary>Finds the journal of the command.</summary>
    /// <param name="isWhatIf">Whether nothing is written.</param>
    private protected EditJournal FindJournal(bool isWhatIf) => EditJournal.For(
        JournalPath is null ? null : Paths.Resolve(JournalPath),
        _journalOrigin,
        isFolder: JournalPath?.TrimEnd('/', '\\') != JournalPath,
        Own.Share?.ToString(),
        Resume,
        isWhatIf);

    /// <summary>The options of the client that sends the batch.</summary>
    private protected TokaifyClientOptions ClientOptions(JournalWriter? journal, Budget? budget) => Options with
    {
        Journal = journal,
        Budget = budget,
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

    /// <summary>What a user can do after the batch has ended early.</summary>
    private protected string HowToGoOn() =>
        Resume || SkipExisting ? "the same command goes on where this one ended."
        : JournalPath is not null ? "the same command with -Resume goes on where this one ended."
        : Force ? "the same command with -SkipExisting in place of -Force goes on where this one ended."
        : "the same command with -SkipExisting goes on where this one ended.";

    /// <summary>The template of the names from the command line; null if none is given.</summary>
    private protected OutputName? GivenOutputName() => IsGiven(nameof(OutputName)) ? ReadOutputName() : null;

    /// <summary>The folder from the command line; null if none is given.</summary>
    private protected string? GivenDestination() => IsGiven(nameof(Destination)) ? ReadDestination() : null;

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

    /// <summary>The template of the names, from the command line or the current row.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is invalid, or another share could have the same
    /// names.</exception>
    private protected OutputName ReadOutputName()
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

    /// <summary>The full path of the folder, from the command line or the current row; null if none is given.</summary>
    private protected string? ReadDestination() => TextOf(Destination) is { } folder ? Paths.ResolveFolder(folder) : null;

    /// <summary>The full path of the folder for the images of a source; null if it cannot be resolved.</summary>
    private protected virtual string? FindFolder(string? source) =>
        FullPath(Destination) ?? (source is null ? SessionState.Path.CurrentFileSystemLocation.ProviderPath : FilePath.FolderOf(source));

    /// <summary>The full path of a text; the text itself if it cannot be a path.</summary>
    private protected string? FullPath(string? path)
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

    /// <summary>Checks that each variation has a seed.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    private protected void CheckSeeds()
    {
        if (Seed > int.MaxValue - Count + 1)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"Each variation takes the next seed, and {Count} seeds from {Seed} on would exceed {int.MaxValue}. Give a smaller -Seed.");
        }
    }

    /// <summary>Checks that a request without a source does not ask for the source's aspect ratio.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    private protected void EnsureSourceRatio()
    {
        if (TakesSourceRatio && !HasSources)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "An image from text alone has no source, so it cannot have the source's aspect "
                    + "ratio. Give a ratio, such as 16:9.");
        }
    }

    private void CheckBatchParameters()
    {
        ReadOutputName();
        ReadDestination();
        CheckSeeds();
        CheckResume();
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

    private ExistingFiles ReadExisting()
    {
        if (Force && SkipExisting)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-Force overwrites existing files, -SkipExisting keeps them: use only one of them.");
        }

        return Force ? ExistingFiles.Overwrite
            : SkipExisting ? ExistingFiles.Skip
            : ExistingFiles.Keep;
    }

    private void TakeDefaultJournal()
    {
        if (JournalPath is null && DefaultJournal.Find(Settings) is { } journal)
        {
            JournalPath = journal.Path;
            _journalOrigin = journal.Origin;
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

        ThrottleLimit = Take(nameof(ThrottleLimit), profile.ThrottleLimit) ?? ThrottleLimit;
        RequestsPerMinute = Take(nameof(RequestsPerMinute), profile.RequestsPerMinute) ?? RequestsPerMinute;
        MaximumWaitSec = Take(nameof(MaximumWaitSec), profile.MaximumWaitSec) ?? MaximumWaitSec;
        TimeoutSec = Take(nameof(TimeoutSec), profile.TimeoutSec) ?? TimeoutSec;
        MaximumCost = Take(nameof(MaximumCost), profile.MaximumCost) ?? MaximumCost;
        foreach (var unknown in profile.UnknownSettings)
        {
            WriteWarning($"The profile '{profile.Name}' has a setting '{unknown}' that this version of the module does not know and does not use.");
        }
    }

    // The profile's value of a parameter that is not given; null if the profile has none.
    private T? Take<T>(string parameter, T? value)
        where T : struct
    {
        if (value is null || IsGiven(parameter))
        {
            return null;
        }

        _ofProfile.Add(parameter);
        return value;
    }
}
