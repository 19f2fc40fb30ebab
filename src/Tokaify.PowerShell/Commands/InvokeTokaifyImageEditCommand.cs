using System.Globalization;
using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell.Commands;

/// <summary>Edits each picture that comes in, and saves what comes back.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "TokaifyImageEdit", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ImageEditResult))]
public sealed class InvokeTokaifyImageEditCommand : ConnectedCommand, IEditObserver, IDisposable
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    // Sets of their own, because PowerShell would ask for the path of the default set, conversation or not.
    private const string ConversationSet = "Conversation";
    private const string ConversationPathSet = "ConversationPath";
    private const string ConversationLiteralPathSet = "ConversationLiteralPath";

    private TokaifyContext _context = null!;
    private SourcePaths _sources = null!;
    private EditPlanner _planner = null!;
    private EditPump? _pump;
    private EditProgress _progress = null!;
    private ConversationSources? _turnSources;

    /// <summary>The edit instruction: what to change in the picture, and what to keep.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Prompt { get; set; } = "";

    /// <summary>The pictures. Wildcards are taken.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = ConversationPathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The pictures, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ConversationLiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The conversation that this is the next turn of. Its first turn needs a picture, further ones go on from
    /// the picture it has come to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ConversationSet)]
    [Parameter(Mandatory = true, ParameterSetName = ConversationPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = ConversationLiteralPathSet)]
    [ValidateNotNull]
    public Conversation? Conversation { get; set; }

    /// <summary>The model. Default: the session's, else gemini-2.5-flash-image. A name the catalogue lacks is passed through.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The aspect ratio of the new picture, such as 16:9. Default: the model's choice.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AspectRatioCompleter))]
    public string? AspectRatio { get; set; }

    /// <summary>The folder to save in, made if missing. Default: beside the source.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>The name to save under, without an extension; tokens {name}, {index}, {model}, {time}.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string OutputName { get; set; } = Tokaify.OutputName.DefaultTemplate;

    /// <summary>Overwrites what is there under the same name. Without it a free name is found.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Sends nothing where a picture is there already under the same name.</summary>
    [Parameter]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>The number of requests in flight, at the most.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The number of further attempts where one fails and another is worth it.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaximumRetryCount { get; set; } = 4;

    /// <summary>The seconds before the first retry; they double with each further one. The service's own wish wins.</summary>
    [Parameter]
    [ValidateRange(1, 24 * 60 * 60)]
    public int RetryIntervalSec { get; set; } = 1;

    /// <summary>The seconds one attempt may take; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    public int TimeoutSec { get; set; } = 300;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _context = Require(() => TokaifyContext.EffectiveFor(GivenContext() with { Model = Conversation?.ModelFor(Model) ?? Model }));
        _sources = new SourcePaths(SessionState.Path);
        _planner = Require(() => new EditPlanner(
            new ImageRequest { Prompt = Prompt, Model = _context.Model!, AspectRatio = AspectRatio },
            new OutputName(OutputName),
            Destination is null ? null : _sources.Resolve(Destination),
            ExistingFiles(),
            Conversation));
        _turnSources = Conversation is null ? null : new ConversationSources();
        _progress = new EditProgress(this);
        if (!IsWhatIf())
        {
            // Early: nobody should wait for a folder to be listed to hear that there is no key.
            OpenPump();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName is LiteralPathSet or ConversationLiteralPathSet)
        {
            ForEach(LiteralPath, path => [_sources.Resolve(path)]);
        }
        else if (ParameterSetName != ConversationSet)
        {
            ForEach(Path, _sources.Expand);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_turnSources?.IsTurn(MyInvocation.ExpectingInput) == true)
        {
            Edit(_turnSources.Single);
        }

        _pump?.Drain();
        _progress.Complete();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _pump?.Cancel();

    /// <summary>Cancels what is in flight: the pipeline may have ended early.</summary>
    public void Dispose() => _pump?.Dispose();

    void IEditObserver.OnSaved(ImageEdit edit, ImageEditResult result)
    {
        WriteVerbose(string.Format(
            CultureInfo.InvariantCulture,
            "Saved '{0}' from '{1}' after {2:0.0} s, {3} attempt(s).",
            result.Path, result.SourcePath, result.Duration.TotalSeconds, result.Attempts));
        _progress.Done(_pump!.InFlight);
        WriteObject(result);
    }

    void IEditObserver.OnFailed(ImageEdit edit, TokaifyException exception)
    {
        _progress.Failed(_pump!.InFlight);
        WriteFailure(exception, SourceOf(edit));
    }

    void IEditObserver.OnRetry(ImageEdit edit, RetryNotice retry) => WriteVerbose(string.Format(
        CultureInfo.InvariantCulture,
        "Attempt {0} of '{1}' failed; the next follows in {2:0.0} s. {3}",
        retry.Attempt, SourceOf(edit), retry.Delay.TotalSeconds, retry.Reason.Message));

    private void ForEach(string[] paths, Func<string, IEnumerable<string>> expand)
    {
        foreach (var path in paths)
        {
            try
            {
                foreach (var file in expand(path))
                {
                    Process(file);
                }
            }
            catch (TokaifyException exception)
            {
                _turnSources?.Fail();
                WriteFailure(exception, path);
            }
        }
    }

    private void Process(string file)
    {
        if (_turnSources is null)
        {
            Edit(file);
        }
        else
        {
            // A turn is one request: it is sent once it is certain that there is no second source.
            Require(() => _turnSources.Add(file));
        }
    }

    // Without a file, a conversation goes on from the picture it has come to.
    private void Edit(string? file)
    {
        try
        {
            var edit = _planner.Plan(file is null ? null : SourceImage.Inspect(file));
            if (_planner.FindExisting(edit) is { } existing)
            {
                WriteVerbose($"Skipped '{edit.SourcePath}': '{existing.Path}' is there.");
                WriteObject(existing);
            }
            else if (ShouldProcess(edit.SourcePath, $"Edit with {edit.Request.Model}, save as '{edit.Names.Of(1)}' in '{edit.Folder.Path}'"))
            {
                _planner.Prepare(edit);
                OpenPump().Post(edit);
            }
        }
        catch (TokaifyException exception)
        {
            WriteFailure(exception, file ?? Conversation?.LastPicture);
        }
    }

    private EditPump OpenPump() =>
        _pump ??= Require(() => new EditPump(new TokaifyClient(_context.ToConnection(), ClientOptions()), ThrottleLimit, this));

    private TokaifyClientOptions ClientOptions() => new()
    {
        Retry = new RetryOptions
        {
            MaximumRetryCount = MaximumRetryCount,
            RetryInterval = TimeSpan.FromSeconds(RetryIntervalSec),
            AttemptTimeout = TimeSpan.FromSeconds(TimeoutSec),
        },
    };

    private ExistingFiles ExistingFiles()
    {
        if (Force && SkipExisting)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-Force overwrites what is there, -SkipExisting leaves it: use one of them.");
        }

        if (SkipExisting && Conversation is not null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "-SkipExisting has no meaning in a conversation: a turn that is left out leaves nothing to build on.");
        }

        return Force ? Tokaify.PowerShell.ExistingFiles.Overwrite
            : SkipExisting ? Tokaify.PowerShell.ExistingFiles.Skip
            : Tokaify.PowerShell.ExistingFiles.Keep;
    }

    private bool IsWhatIf() => GetVariableValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true }
        || (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var value) && value is SwitchParameter { IsPresent: true });

    private static string? SourceOf(ImageEdit edit) => edit.SourcePath;
}
