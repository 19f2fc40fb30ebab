using System.ComponentModel;
using System.Diagnostics;
using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Writes an HTML page about edits: each image before and after, the failures, the totals. Without -NoClobber, an existing page is
/// replaced.</summary>
[Cmdlet(VerbsData.Export, "TokaifyReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportTokaifyReportCommand : TokaifyCommand, IDisposable
{
    private const long DefaultEmbedLimit = 100L * 1024 * 1024;

    private readonly HashSet<object> _given = new(new ByReference());
    private ReportPage? _page;
    private string _path = "";
    private EntryReader _reader = null!;

    /// <summary>The page's file. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "FilePath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Results, lines of a journal, and error records (2>&amp;1).</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSObject? InputObject { get; set; }

    /// <summary>The errors of a command that has ended, from its -ErrorVariable. They are the last entries of the page.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSObject[]? ErrorRecord { get; set; } = [];

    /// <summary>The page's title.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string Title { get; set; } = "Image edits";

    /// <summary>Embeds the images into the page, instead of linking to their files.</summary>
    [Parameter]
    public SwitchParameter Embed { get; set; }

    /// <summary>The maximum number of bytes of embedded images. Images beyond it are linked. Default: 100 MB.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public long EmbedLimit { get; set; } = DefaultEmbedLimit;

    /// <summary>Replaces a page even if it is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Does not replace an existing file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Opens the page in the default program.</summary>
    [Parameter]
    public SwitchParameter Open { get; set; }

    /// <summary>Emits the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Removes an unfinished page.</summary>
    public void Dispose() => _page?.Dispose();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var paths = new SourcePaths(SessionState.Path);
        _reader = new EntryReader(paths.Resolve);
        _path = Require(() => paths.Resolve(Path));
        // An error in -ErrorRecord is shown once, even if it also comes through the pipeline.
        _given.UnionWith((ErrorRecord ?? []).Select(IdentityOf).OfType<object>());
        if (ShouldProcess(_path, "Save the report"))
        {
            _page = Require(OpenPage);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null && !IsOfOtherStream(InputObject) && (IdentityOf(InputObject) is not { } error || !_given.Contains(error)))
        {
            Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var entry in _reader.Unfinished)
        {
            Add(entry);
        }

        foreach (var error in ErrorRecord ?? [])
        {
            if (error is not null && (IdentityOf(error) is not { } identity || _given.Remove(identity)))
            {
                Add(error);
            }
        }

        if (_page is null)
        {
            return;
        }

        if (_page.Count == 0)
        {
            // An existing page is not replaced by an empty one. It is not emitted either, so that a script does not send an old page by
            // mistake.
            var isKept = File.Exists(_path);
            WriteWarning(
                $"There was no input: '{_path}' {(isKept ? "was left unchanged" : "shows no edits")}. "
                + "Pipe results, errors or the lines of a journal to this command.");
            if (isKept)
            {
                return;
            }
        }

        Require(Keep);

        if (_page.LeftOut > 0)
        {
            WriteWarning(
                $"Pictures that are linked and not embedded: {_page.LeftOut}. With them, the page would hold more than "
                + $"{EmbedLimit / 1048576.0:0.#} MB, or they cannot be read. To embed more, raise -EmbedLimit.");
        }

        WriteVerbose($"Saved '{_path}', {_page.Count} edits.");
        if (PassThru)
        {
            // The file is read through the provider, as Get-Item does, so that it has the properties that PowerShell adds to files.
            WriteObject(InvokeProvider.Item.Get([_path], force: true, literalPath: true), enumerateCollection: true);
        }

        if (Open)
        {
            OpenInProgram();
        }
    }

    private void Add(PSObject value)
    {
        if (!_reader.TakeSent(value) && TryRead(value) is { } entry)
        {
            Add(entry);
        }
    }

    private void Add(ReportEntry entry)
    {
        if (_page is not null)
        {
            Require(() => _page.Add(entry));
        }
    }

    private ReportEntry? TryRead(PSObject value)
    {
        try
        {
            return _reader.Read(value) ?? throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "A report is made of results, lines of a journal and errors. This object is left out: "
                + $"{value.TypeNames.FirstOrDefault()}.");
        }
        catch (TokaifyException exception)
        {
            WriteFailure(exception, value);
            return null;
        }
    }

    private ReportPage OpenPage()
    {
        EnsureReplaceable();
        return ReportPage.Create(_path, Title, Embed ? EmbedLimit : 0, Session.Context.DefaultModels);
    }

    // Checked when the command begins: the edits in the pipeline cost time and money.
    private void EnsureReplaceable()
    {
        var file = new FileInfo(_path);
        var flaw = Directory.Exists(_path) ? "is a folder. Name a file in it, such as report.html"
            : file.Exists && NoClobber ? "exists already, and -NoClobber keeps it. Choose another path, or leave -NoClobber out"
            : file.Exists && file.IsReadOnly && !Force ? "is read-only. Replace it with -Force, or choose another path"
            : null;
        if (flaw is not null)
        {
            throw new TokaifyException(TokaifyErrorId.SaveFailed, $"'{_path}' {flaw}.");
        }
    }

    private void Keep()
    {
        var file = new FileInfo(_path);
        if (Force && !NoClobber && file is { Exists: true, IsReadOnly: true })
        {
            file.IsReadOnly = false;
        }

        _page!.Keep(overwrite: !NoClobber);
    }

    private void OpenInProgram()
    {
        try
        {
            using var program = Process.Start(new ProcessStartInfo(_path) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            WriteWarning($"'{_path}' is saved, but cannot be opened: {exception.Message}");
        }
    }

    // One failure can come as several records, each with the same exception.
    private static object? IdentityOf(PSObject? value) =>
        value is not null && EntryReader.TryFindError(value)?.BaseObject is ErrorRecord record ? record.Exception : null;

    // *>&1 merges the records of other streams into the input.
    private static bool IsOfOtherStream(PSObject value) => value.BaseObject is InformationalRecord or InformationRecord;
}
