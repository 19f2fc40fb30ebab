using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Reads journals, and emits an entry for each line.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyJournal", DefaultParameterSetName = PathSet)]
[OutputType(typeof(JournalEntry))]
public sealed class GetTokaifyJournalCommand : TokaifyCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly LatestEntries _latest = new();
    private SourcePaths _paths = null!;
    private WildcardPattern[] _models = [];

    /// <summary>The journals, or folders of journals. Wildcards are accepted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [SourcePath]
    public string[] Path { get; set; } = [];

    /// <summary>The journals, or folders of journals. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The outcomes to return. Default: all.</summary>
    [Parameter]
    public JournalOutcome[] Outcome { get; set; } = [];

    /// <summary>The models to return. Wildcards are accepted. Default: all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Model { get; set; } = [];

    /// <summary>The earliest time to return.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public DateTime? After { get; set; }

    /// <summary>The latest time to return.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public DateTime? Before { get; set; }

    /// <summary>Returns only the newest entry of each request. A request is identified by its fingerprint and the number of its variation.
    /// The other parameters filter these entries.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _paths = new SourcePaths(SessionState.Path);
        _models = [.. Model.Select(model => WildcardPattern.Get(model, WildcardOptions.IgnoreCase))];
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in ParameterSetName == PathSet ? Path : LiteralPath)
        {
            Try(path, () =>
            {
                foreach (var journal in Find(path))
                {
                    Read(journal);
                }
            });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Latest)
        {
            Try(null, () => Write(_latest.Read()));
        }
    }

    private IEnumerable<string> Find(string path) =>
        (ParameterSetName == PathSet ? _paths.Expand(path, withFolders: true) : [_paths.Resolve(path)]).SelectMany(JournalReader.Files);

    // If a journal cannot be read, the others are still read.
    private void Read(string journal) => Try(journal, () =>
    {
        if (Latest)
        {
            _latest.Add(journal);
        }
        else
        {
            Write(JournalReader.Read(journal));
        }
    });

    private void Write(IEnumerable<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (Stopping)
            {
                throw new PipelineStoppedException();
            }

            if (IsSelected(entry))
            {
                WriteObject(entry);
            }
        }
    }

    private bool IsSelected(JournalEntry entry) =>
        (Outcome.Length == 0 || Array.IndexOf(Outcome, entry.Outcome) >= 0)
        && (_models.Length == 0 || Array.Exists(_models, model => model.IsMatch(entry.Model ?? "")))
        && !(entry.Time < After?.ToUniversalTime())
        && !(entry.Time > Before?.ToUniversalTime());

    private void Try(string? target, Action action)
    {
        try
        {
            action();
        }
        catch (TokaifyException exception)
        {
            WriteFailure(exception, target);
        }
    }
}
