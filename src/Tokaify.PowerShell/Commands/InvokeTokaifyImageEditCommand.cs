using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Tokaify.PowerShell.Commands;

/// <summary>Edits each input image, and saves the new images.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "TokaifyImageEdit", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ImageEditResult))]
public sealed class InvokeTokaifyImageEditCommand : ImageCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string ResultSet = "InputObject";

    // Separate sets, because PowerShell would prompt for the mandatory path of the default set even if a conversation is given.
    private const string ConversationSet = "Conversation";
    private const string ConversationPathSet = "ConversationPath";
    private const string ConversationLiteralPathSet = "ConversationLiteralPath";

    private static readonly string[] s_rowParameters = [.. ImageParameters, nameof(ReferenceImage)];

    private IReadOnlyList<SourceImage> _references = [];
    private ConversationSources? _turnSources;
    private EditOrder? _turn;

    // An earlier result has the prompt, the model and the aspect ratio of the earlier edit. So in the set for results, these three are not
    // bound by property name. The prompt is not mandatory for PowerShell: if it were, PowerShell would exclude that set if no prompt is
    // given, bind the old prompt in another set, and refuse each row without a column Prompt with a message of its own. This command checks
    // the prompt itself.

    /// <summary>The edit instruction: what to change in the image, and what to keep.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Position = 0, ParameterSetName = ResultSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ConversationSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ConversationPathSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ConversationLiteralPathSet)]
    [AllowEmptyString]
    [PromptText]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public override string Prompt { get; set; } = "";

    /// <summary>The images. Wildcards are accepted.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = ConversationPathSet)]
    [AllowEmptyString]
    [SupportsWildcards]
    [SourcePath]
    public string[] Path
    {
        get;
        set
        {
            field = value;
            NoteInput();
        }
    } = [];

    /// <summary>The images. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ConversationLiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [AllowEmptyString]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>An earlier result. The image that it saved is edited; the settings of the earlier edit are not used.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ResultSet)]
    [EarlierResult]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>The conversation that this edit continues. The first turn needs an image; further turns continue from the conversation's
    /// last image.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ConversationSet)]
    [Parameter(Mandatory = true, ParameterSetName = ConversationPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = ConversationLiteralPathSet)]
    [ValidateNotNull]
    [LiveConversation]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public Conversation? Conversation { get; set; }

    /// <summary>The model. Default: the session's, else the profile's, else the default of the catalogue. A name that is not in the
    /// catalogue is sent as it is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ResultSet)]
    [Parameter(ParameterSetName = ConversationSet)]
    [Parameter(ParameterSetName = ConversationPathSet)]
    [Parameter(ParameterSetName = ConversationLiteralPathSet)]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public override string? Model { get; set; }

    /// <summary>The aspect ratio of the new image, such as 16:9. Default: the model's choice.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ResultSet)]
    [Parameter(ParameterSetName = ConversationSet)]
    [Parameter(ParameterSetName = ConversationPathSet)]
    [Parameter(ParameterSetName = ConversationLiteralPathSet)]
    [ArgumentCompleter(typeof(AspectRatioCompleter))]
    public override string? AspectRatio { get; set; }

    /// <summary>More images for the same request, after the source, in this order. Wildcards are accepted.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [SourcePath(TakesResults = true)]
    public string[] ReferenceImage { get; set; } = [];

    /// <summary>Keeps in -Destination the folder that each source has below the current location. With -Shard it is always kept.</summary>
    [Parameter]
    public SwitchParameter KeepFolder { get; set; }

    /// <summary>Sends the images without their metadata: position, camera, author, comments, thumbnails. Orientation and colour profile are
    /// sent. The files are not changed.</summary>
    [Parameter]
    public SwitchParameter StripMetadata { get; set; }

    private protected override string DefaultOutputName => Tokaify.OutputName.DefaultTemplate;

    private protected override bool HasSources => true;

    private protected override bool StripsMetadata => StripMetadata;

    private protected override string[] RowParameters => s_rowParameters;

    private protected override string Activity => "Editing";

    private protected override string MissingPrompt => ParameterSetName == ResultSet
        ? "There is no -Prompt, and the prompt of the earlier result is not used again. Give one."
        : base.MissingPrompt;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _turnSources = Conversation is null ? null : Require(BeginTurn);
        _references = Require(ReadReferences);
        CheckCommandLine(_references, imagesToCome: 1);
    }

    private protected override void TakeInput()
    {
        if (ParameterSetName == ResultSet && InputObject.BaseObject is JournalEntry entry && EntryOrder.IsOpen(entry))
        {
            var source = entry.SourcePath ?? entry.Prompt ?? "";
            Try(source, () => SendAgain(entry, source));
            return;
        }

        var (paths, expand) = ReadSources();
        // Values of a row that belongs to another share are not checked.
        var files = Own.Share is null ? null : Find(paths, expand);
        if (files is { Count: 0 } || ReadOrder(ReferencesOfRow, imagesToCome: 1, paths.FirstOrDefault()) is not { } order)
        {
            return;
        }

        files ??= Find(paths, expand);

        if (!MyInvocation.ExpectingInput)
        {
            Expect(files.Count * Count);
        }

        order = order with { IsGathered = ParameterSetName != ResultSet && (MyInvocation.ExpectingInput || files.Count > 1) };
        files.ForEach(file => Take(order, file));
        _turn = order;
    }

    // The same request is sent again. With a new prompt it would be another request, and the entry has no saved image to edit.
    private void SendAgain(JournalEntry entry, string source)
    {
        RefuseSettings(nameof(ReferenceImage), nameof(StripMetadata));
        if (entry.SourcePath is null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "The journal entry is about an image from text alone: pipe it to New-TokaifyImage "
                    + "to send it again.");
        }

        if (Place(() => Own.Has(source)))
        {
            var order = Check(EntryOrder.Of(entry, GivenOutputName(), GivenDestination()));
            Submit((GivenDestination() is null ? order : InFolder(order, source)).For(SourceImage.Inspect(source)), source);
        }
    }

    private List<string> Find(string[] paths, Func<string, IEnumerable<string>> expand)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            Try(path, () => files.AddRange(expand(path).Where(file => Place(() => Own.Has(file)))));
        }

        return files;
    }

    private protected override void TakeRest()
    {
        if (_turn is not null && _turnSources?.IsTurn(MyInvocation.ExpectingInput) == true)
        {
            var source = _turnSources.Single;
            var origin = source ?? Conversation!.LastPicture ?? _turn.Request.Prompt;
            Try(origin, () => Submit(_turn.In(Conversation!, source is null ? null : SourceImage.Inspect(source)), origin));
        }
    }

    private protected override IReadOnlyList<string>? FindReferences()
    {
        try
        {
            return [.. ReferencesOfRow().Select(image => image.Path)];
        }
        catch (TokaifyException)
        {
            return null;
        }
    }

    private protected override string? FindFolder(string? source)
    {
        var folder = base.FindFolder(source);
        try
        {
            return TextOf(Destination) is null || source is null || folder is null || !KeepsFolder ? folder : System.IO.Path.Combine(folder, Own.FolderOf(source));
        }
        catch (TokaifyException)
        {
            return null;
        }
    }

    private protected override string? ChosenModel() => Conversation?.ModelFor(TextOf(Model)) ?? Model;

    private ConversationSources BeginTurn() => SkipExisting || Resume || EmbedMetadata || Count > 1 || KeepFolder || Own.Share is not null
        ? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            "A turn of a conversation is one request, and the next turn builds on it. Leave out -SkipExisting, -Resume, "
            + "-EmbedMetadata, -Count, "
            + "-KeepFolder and -Shard.")
        : new ConversationSources();

    private void Take(EditOrder order, string file)
    {
        if (_turnSources is null)
        {
            Try(file, () => Submit(InFolder(order, file).For(SourceImage.Inspect(file)), file));
        }
        else
        {
            // A turn is one request. It is sent only when it is certain that there is no second source.
            Require(() => _turnSources.Add(file));
        }
    }

    private bool KeepsFolder => KeepFolder || Own.Share is not null;

    private EditOrder InFolder(EditOrder order, string file) =>
        order.Destination is { } folder && KeepsFolder
            ? order with { Destination = System.IO.Path.Combine(folder, Own.FolderOf(file)) }
            : order;

    private (string[] Paths, Func<string, IEnumerable<string>> Expand) ReadSources() => ParameterSetName switch
    {
        ResultSet => ([EarlierResultAttribute.PathOf(InputObject) ?? ""], Literal),
        LiteralPathSet or ConversationLiteralPathSet => (LiteralPath, Literal),
        _ => (Path, Pattern),
    };

    private IEnumerable<string> Literal(string path) => [Paths.Resolve(Named(path))];

    private IEnumerable<string> Pattern(string path) => Paths.Expand(Named(path));

    private static string Named(string path) => TextOf(path)
        ?? throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The path is empty. Give the path of a picture.");

    private IReadOnlyList<SourceImage> ReferencesOfRow() => RowBrings(nameof(ReferenceImage)) ? ReadReferences() : _references;

    // References keep the order in which they are given. The files of one pattern are sorted by name, because the system's order may vary.
    private SourceImage[] ReadReferences() =>
    [
        .. ReferenceImage
            .SelectMany(PathsOfCell)
            .Where(path => TextOf(path) is not null)
            .SelectMany(path => Paths.Expand(path).OrderBy(file => file, StringComparer.Ordinal))
            .Select(SourceImage.Inspect),
    ];

    // A cell of a table cannot hold a list, so the paths in it are separated by "|".
    private string[] PathsOfCell(string cell) =>
        TextOf(cell) is null || cell.IndexOf('|') < 0 || File.Exists(Paths.Resolve(cell)) ? [cell] : cell.Split('|');

    private void Try(string target, Action action)
    {
        try
        {
            action();
        }
        catch (TokaifyException exception)
        {
            _turnSources?.Fail();
            Refuse(Explain(exception), target);
        }
    }

    // Other tools take the file as the first argument. A prompt is never one word that ends with an image extension.
    private TokaifyException Explain(TokaifyException exception) =>
        exception.ErrorId == TokaifyErrorId.FileNotFound && Regex.IsMatch(Prompt, @"^\S+\.(png|jpe?g|webp|hei[cf])$", RegexOptions.IgnoreCase)
            ? new TokaifyException(
                exception.ErrorId,
                $"{exception.Worded(Words.Of).Message} '{Prompt}' was taken as the prompt. Give the prompt first, then the pictures.",
                exception.InnerException)
            : exception;
}
