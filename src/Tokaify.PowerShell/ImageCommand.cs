using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>A command that saves pictures: how its requests run, where their pictures go, what becomes of them.</summary>
public abstract class ImageCommand : RequestCommand, IEditObserver, IDisposable
{
    private const int LongestWaitSec = 120;

    private EditPlanner _planner = null!;
    private EditPump? _pump;
    private EditProgress _progress = null!;
    private RequestWarnings _warnings = null!;
    private EditLedger _ledger = null!;
    private bool _hasStarted;
    private readonly ConcurrentQueue<ClientNotice> _notices = new();

    /// <summary>The folder to save in, made if missing.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Destination { get; set; }

    /// <summary>The name to save under, without an extension; tokens {name}, {index}, {model}, {time}.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? OutputName { get; set; }

    /// <summary>Overwrites what is there under the same name. Without it a free name is found.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Sends nothing where a picture is there already under the same name.</summary>
    [Parameter]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>The number of variations, one request each.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 1;

    /// <summary>A file that a line is appended to for each request as it ends, as JSON. Several commands may share it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>Leaves out, unsent, what the journal says was saved before, wherever the source is now.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Writes prompt, model and response id into the saved file, where its format has a place for it. Without it
    /// the file is byte for byte what the service sent.</summary>
    [Parameter]
    public SwitchParameter EmbedMetadata { get; set; }

    /// <summary>The number of requests in flight, at the most.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The number of requests started in a minute, at the most, retries counted; evenly spread. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(1, 60000)]
    public int RequestsPerMinute { get; set; }

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

    /// <summary>Where the user's paths lead.</summary>
    private protected SourcePaths Paths { get; private set; } = null!;

    /// <summary>The template of the names where none is given.</summary>
    private protected abstract string DefaultOutputName { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Paths = new SourcePaths(SessionState.Path);
        _planner = Require(() => new EditPlanner(ExistingFiles()));
        _progress = new EditProgress(this);
        _warnings = new RequestWarnings(this);
        Require(() => (ReadOutputName(), ReadDestination(), CheckSeeds()));
        _ledger = Require(() => EditLedger.For(JournalPath is null ? null : Paths.Resolve(JournalPath), Resume));
        if (!IsWhatIf())
        {
            // Early: nobody should wait for a folder to be listed to hear that there is no key.
            OpenPump();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _pump?.Drain();
        WriteNotices();
        _progress.Complete();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _pump?.Cancel();

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
            _pump?.Dispose();
        }
    }

    void IEditObserver.OnSaved(ImageEdit edit, ImageEditResult result)
    {
        WriteVerbose(string.Format(
            CultureInfo.InvariantCulture,
            "Saved '{0}' from '{1}' after {2:0.0} s, {3} attempt(s).",
            result.Path, OriginOf(edit), result.Duration.TotalSeconds, result.Attempts));
        WriteNotices();
        _progress.Done(_pump!.InFlight);
        WriteObject(result);
    }

    void IEditObserver.OnFailed(ImageEdit edit, TokaifyException exception)
    {
        WriteNotices();
        _progress.Failed(_pump!.InFlight);
        // For reports: of what was asked, an error says no more than its target.
        exception.Data["Prompt"] = edit.Request.Prompt;
        exception.Data["Model"] = edit.Request.Model;
        WriteFailure(exception, OriginOf(edit));
    }

    void IEditObserver.OnRetry(ImageEdit edit, RetryNotice retry) => WriteVerbose(string.Format(
        CultureInfo.InvariantCulture,
        "Attempt {0} of '{1}' failed; the next follows in {2:0.0} s. {3}",
        retry.Attempt, OriginOf(edit), retry.Delay.TotalSeconds, retry.Reason.Message));

    /// <summary>What the command line and the row that is being processed ask for.</summary>
    /// <param name="images">The pictures that are known.</param>
    /// <param name="imagesToCome">The number of those that are not.</param>
    /// <param name="target">What the row is about, for the error.</param>
    /// <returns>Null where it cannot be; the user has been told.</returns>
    private protected EditOrder? ReadOrder(Func<IReadOnlyList<SourceImage>> images, int imagesToCome, object? target)
    {
        try
        {
            var request = ReadRequest() with { Images = images() };
            request.Validate();
            request.ValidateSettings(imagesToCome);
            var order = new EditOrder(request, ReadOutputName(), ReadDestination(), Count);
            CheckSeeds();
            _hasStarted = true;
            return order;
        }
        catch (TokaifyException exception)
        {
            // What is wrong with the first row and was not its own is wrong with the command.
            if (!_hasStarted && !RowBrings(s_rowParameters))
            {
                Throw(exception, target);
            }

            _hasStarted = true;
            WriteFailure(exception, target);
            return null;
        }
    }

    /// <summary>Sends what is ordered, but for what is there already and need not be made again.</summary>
    /// <param name="order">The order.</param>
    /// <param name="origin">What the pictures are made from, for the user.</param>
    /// <exception cref="TokaifyException">It cannot be.</exception>
    private protected void Submit(EditOrder order, string origin)
    {
        var edits = _planner.Plan(order).Select(_ledger.Identify).ToList();
        var missing = edits.Where(edit => !IsThere(edit, origin)).ToList();
        if (missing.Count == 0 || !ShouldProcess(origin, Describe(missing)))
        {
            return;
        }

        _warnings.Look(order.Request);
        _planner.Prepare(missing[0]);
        missing.ForEach(OpenPump().Post);
    }

    // The parameters that a row of a table may bring.
    private static readonly string[] s_rowParameters =
    [
        nameof(Prompt), nameof(Model), nameof(AspectRatio), nameof(ImageSize), nameof(SystemInstruction), nameof(Temperature),
        nameof(TopP), nameof(TopK), nameof(MaxOutputTokens), nameof(Seed), nameof(Destination), nameof(OutputName), "ReferenceImage",
    ];

    private bool IsThere(ImageEdit edit, string origin)
    {
        if (_ledger.FindDone(edit) is { } done)
        {
            WriteVerbose($"Skipped '{origin}': the journal has it as saved{(done.Path is null ? "" : $", '{done.Path}'")}.");
            WriteSkipped(edit, done);
            return true;
        }

        if (_planner.FindExisting(edit) is { } existing)
        {
            WriteVerbose($"Skipped '{origin}': '{existing.Path}' is there.");
            WriteSkipped(edit, existing);
            return true;
        }

        return false;
    }

    private void WriteSkipped(ImageEdit edit, ImageEditResult result)
    {
        if (!IsWhatIf() && _ledger.AppendSkipped(edit, result) is { } flaw)
        {
            WriteWarning(flaw);
        }

        WriteObject(result);
    }

    // What the client notices in other threads waits for this one.
    private void WriteNotices()
    {
        while (_notices.TryDequeue(out var notice))
        {
            if (notice.IsWarning)
            {
                WriteWarning(notice.Message);
            }
            else
            {
                WriteVerbose(notice.Message);
            }
        }
    }

    private static string Describe(List<ImageEdit> edits)
    {
        var first = edits[0];
        var verb = first.SourcePath is null ? "Make a picture" : "Edit";
        var number = edits.Count == 1 ? "" : $" {edits.Count} times";
        return $"{verb}{number} with {first.Request.Model}, save as '{first.Names.Of(1)}' in '{first.Folder.Path}'";
    }

    private EditPump OpenPump() => _pump ??= Require(() =>
    {
        var client = new TokaifyClient(Connection, ClientOptions());
        _ledger.Open();
        return new EditPump(client, ThrottleLimit, this);
    });

    private TokaifyClientOptions ClientOptions() => new()
    {
        Journal = _ledger.Writer,
        EmbedMetadata = EmbedMetadata,
        OnNotice = _notices.Enqueue,
        Retry = new RetryOptions
        {
            MaximumRetryCount = MaximumRetryCount,
            RetryInterval = TimeSpan.FromSeconds(RetryIntervalSec),
            // Who wants longer waits than the longest there are by default, gets them.
            MaximumRetryInterval = TimeSpan.FromSeconds(Math.Max(LongestWaitSec, RetryIntervalSec)),
            AttemptTimeout = TimeSpan.FromSeconds(TimeoutSec),
            AttemptSpacing = RequestsPerMinute > 0 ? TimeSpan.FromMinutes(1.0 / RequestsPerMinute) : TimeSpan.Zero,
        },
    };

    private OutputName ReadOutputName() => new(TextOf(OutputName) ?? DefaultOutputName);

    private string? ReadDestination() => TextOf(Destination) is { } folder ? Paths.Resolve(folder) : null;

    private int? CheckSeeds() => Seed > int.MaxValue - Count + 1
        ? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"Each variation takes the next seed, and there are no {Count} from {Seed} on. The last one is {int.MaxValue}.")
        : Seed;

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

    private bool IsWhatIf() => GetVariableValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true }
        || (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var value) && value is SwitchParameter { IsPresent: true });

    private static string OriginOf(ImageEdit edit) => edit.SourcePath ?? edit.Request.Prompt;
}
