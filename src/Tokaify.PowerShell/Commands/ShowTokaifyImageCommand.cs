using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Draws images in the terminal: as files, as Sixel, or as coloured text.</summary>
/// <remarks>If there is no terminal, the command writes one warning and continues, so that the same script also runs without a terminal. A
/// missing file, or a file that is not an image, is an error.</remarks>
[Cmdlet(VerbsCommon.Show, "TokaifyImage", DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo), typeof(ImageEditResult))]
public sealed class ShowTokaifyImageCommand : TokaifyCommand, IDisposable
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string ResultSet = "InputObject";
    private const string Viewer = "Invoke-Item opens a picture in the system's viewer.";

    private readonly CancellationTokenSource _stopping = new();
    private ImageTerminal _terminal = null!;
    private TerminalCanvas? _canvas;

    // A field of a value type of the client is not possible: PowerShell would load the client's assembly for it before the module can check
    // its version.
    private TerminalResponses? _responses;

    /// <summary>The images. Wildcards are accepted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [SourcePath]
    public string[] Path { get; set; } = [];

    /// <summary>The images. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A result: each image that it saved is drawn.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ResultSet)]
    [EarlierResult]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>The terminal's protocol for images. Default: that of the terminal if it is a known one, else that which the terminal
    /// reports when it is queried, else coloured text. A terminal that does not know the protocol may print the data as text.</summary>
    [Parameter]
    public TerminalProtocol Protocol { get; set; }

    /// <summary>The maximum width, in cells. Images keep their aspect ratio. Default: the width of the window.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Width { get; set; }

    /// <summary>The maximum height, in cells, limited by the height of the window. Default: the height of the window.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int Height { get; set; }

    /// <summary>Emits the input: results unchanged, and files for everything else.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _terminal = ImageTerminal.Detect(Environment.GetEnvironmentVariable).With(Protocol);
        if (ReasonNotToDraw() is { } reason)
        {
            WriteWarning("No picture is drawn: " + reason);
            return;
        }

        var output = Console.OpenStandardOutput();
        if (_terminal.Protocol is null or TerminalProtocol.Sixel)
        {
            var responses = TerminalQuestion.Ask(output);
            _terminal = _terminal.With(responses);
            _responses = responses;
        }

        _canvas = new TerminalCanvas(_terminal, output, rows => Host.UI.Write(new string('\n', rows)));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ResultSet)
        {
            foreach (var path in SavedPaths())
            {
                Show(path);
            }

            if (PassThru)
            {
                WriteObject(InputObject);
            }

            return;
        }

        var sources = new SourcePaths(SessionState.Path);
        var isLiteral = ParameterSetName == LiteralPathSet;
        foreach (var path in isLiteral ? LiteralPath : Path)
        {
            foreach (var file in Try(() => isLiteral ? [sources.Resolve(path)] : sources.Expand(path), path) ?? [])
            {
                if (Show(file) && PassThru)
                {
                    WriteObject(new FileInfo(file));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Releases the token source.</summary>
    public void Dispose() => _stopping.Dispose();

    private bool Show(string path)
    {
        if (Try(() => SavedImage.Inspect(path), path) is not { } saved)
        {
            return false;
        }

        var format = ImageFormats.All.First(format => format.MimeType() == saved.MimeType);
        if (_canvas is not null && !_terminal.Formats.Contains(format))
        {
            var formats = string.Join(", ", _terminal.Formats.Select(known => known.MimeType()));
            var reason = _terminal.IsOfPixels ? $"with {_terminal.Protocol}, only {formats} is" : $"{_terminal.Name} draws {formats}";
            WriteWarning($"'{path}' is not drawn: {reason}, and this is {saved.MimeType}. {Viewer}");
        }
        else if (_canvas is not null)
        {
            Draw(saved);
        }

        return true;
    }

    private void Draw(SavedImage saved)
    {
        var window = Host.UI.RawUI.WindowSize;
        var cells = ImageCells.Fit(
            new PixelSize(saved.Width, saved.Height),
            TerminalWindow.Of(window.Width, window.Height, _responses?.Cell),
            Width > 0 ? Width : null,
            Height > 0 ? Height : null,
            _terminal.Protocol == TerminalProtocol.Blocks ? 2 : null);
        WriteVerbose($"Drawing '{saved.Path}' for {_terminal.Name} with {_terminal.Protocol}, {cells.Columns} by {cells.Rows} cells.");
        try
        {
            _canvas!.Draw(saved.Path, cells, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (InvalidDataException exception)
        {
            WriteFailure(
                new TokaifyException(TokaifyErrorId.UnsupportedImage, $"'{saved.Path}' cannot be drawn. {exception.Message}", exception)
                {
                    Subject = EditLabel.Of(saved.Path, prompt: null),
                },
                saved.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteFailure(
                new TokaifyException(TokaifyErrorId.FileNotFound, $"'{saved.Path}' cannot be read: {exception.Message}", exception)
                {
                    Subject = EditLabel.Of(saved.Path, prompt: null),
                },
                saved.Path);
        }
    }

    private string? ReasonNotToDraw() =>
        Console.IsOutputRedirected ? "the output does not go to a terminal."
        : !Host.UI.SupportsVirtualTerminal || IsNonInteractive() ? $"the host, {Host.Name}, is not interactive."
        : _terminal.IsDumb && _terminal.Protocol is null ? $"this terminal (dumb) shows text alone. {Viewer}"
        : null;

    // The host does not expose this option, so the process's arguments are read.
    private static bool IsNonInteractive() => Environment.GetCommandLineArgs().Skip(1).Any(argument =>
        argument.Length > "-non".Length && "-NonInteractive".StartsWith(argument, StringComparison.OrdinalIgnoreCase));

    // In deserialized results, the images are property bags or strings.
    private List<string> SavedPaths()
    {
        var value = InputObject.Properties["Images"]?.Value;
        var images = LanguagePrimitives.GetEnumerable(value)?.Cast<object?>() ?? [value];
        return [.. images.OfType<object>().Select(PathOf).Where(path => path.Length > 0)];
    }

    private static string PathOf(object image) =>
        (PSObject.AsPSObject(image).Properties["Path"]?.Value ?? image).ToString() ?? "";

    private T? Try<T>(Func<T> action, string target)
        where T : class
    {
        try
        {
            return action();
        }
        catch (TokaifyException exception)
        {
            exception.Subject ??= EditLabel.Of(target, prompt: null);
            WriteFailure(exception, target);
            return null;
        }
    }
}
