using System.Collections.Concurrent;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Runs edits on the thread pool, a bounded number at once, and puts what happens to them into a queue.</summary>
/// <remarks>Every member is called on the pipeline's thread, <see cref="Cancel"/> apart. It holds what is in flight and
/// nothing else: ten sources or ten million take the same memory.</remarks>
internal sealed class EditPump : IDisposable
{
    private const int EditsBetweenSweeps = 128;

    private readonly int _limit;
    private readonly TokaifyClient _client;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BlockingCollection<EditEvent> _events = [];
    private int _running;
    private int _ended;

    /// <summary>Makes one that is idle.</summary>
    /// <param name="connection">Where the relay is.</param>
    /// <param name="options">How the edits run.</param>
    /// <param name="limit">The number of edits in flight, at the most. More may be started while others wait for an outage to end.</param>
    /// <param name="longestOutage">How long an outage is waited for.</param>
    /// <exception cref="TokaifyException">The connection cannot serve.</exception>
    public EditPump(TokaifyConnection connection, TokaifyClientOptions options, int limit, TimeSpan longestOutage)
    {
        var rules = new BatchRules
        {
            Limit = limit,
            MaximumOutage = longestOutage,
            OnNotice = notice => _events.Add(new EditEvent.Concerned(notice)),
        };
        _client = new TokaifyClient(connection, options with
        {
            Retry = options.Retry with { Batch = rules },
            OnNotice = notice => _events.Add(new EditEvent.Noticed(notice)),
        });
        _limit = limit;
    }

    /// <summary>The number of edits that have begun and have not ended.</summary>
    public int InFlight { get; private set; }

    /// <summary>Whether an edit may begin: there is room, and no outage holds it.</summary>
    public bool MayStart(ImageEdit edit) =>
        InFlight - _client.Pipeline.Waiting < _limit && _client.Pipeline.MayStart(TokaifyClient.GroupOf(edit));

    /// <summary>Whether an outage holds edits of its model, and not the others.</summary>
    public bool IsModelHeld(ImageEdit edit) => _client.Pipeline.IsGroupHeld(TokaifyClient.GroupOf(edit));

    /// <summary>Why no edit of a model can succeed any more; null where one may.</summary>
    /// <param name="model">The model; null for what concerns all.</param>
    public TokaifyException? EndOf(string? model) => _client.Pipeline.EndOf(model ?? "") switch
    {
        null => null,
        TokaifyException failure => failure.Worded(),
        TimeoutException timeout => TokaifyErrors.Timeout(timeout).Worded(),
        var other => new TokaifyException(other.Message, other),
    };

    /// <summary>No other edit will come. Failed edits that wait to learn whether an outage has begun may have to end without that.</summary>
    /// <param name="isOnly">Whether there was one edit in all: then no outage is waited for.</param>
    public void ExpectNoOther(bool isOnly)
    {
        if (isOnly)
        {
            _client.Pipeline.ExpectNoOther();
        }
        else if (InFlight > 0 && _client.Pipeline.Suspects == InFlight)
        {
            _client.Pipeline.DismissSuspects();
        }
    }

    /// <summary>Starts an edit.</summary>
    public void Start(ImageEdit edit)
    {
        InFlight++;
        Interlocked.Increment(ref _running);
        _ = Task.Run(() => RunAsync(edit));
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="patience">How long to wait for one, in milliseconds; 0 for not at all.</param>
    /// <returns>Null where none came in time.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled meanwhile.</exception>
    public EditEvent? Take(int patience) => _events.TryTake(out var next, patience, _cancellation.Token) ? Count(next) : null;

    /// <summary>Adds the relay's own models to an error about an unknown model. The relay is asked once. At most the limit and two requests
    /// may reach it in vain, and asking takes only what is left of them.</summary>
    /// <param name="failure">The error.</param>
    /// <param name="model">The model.</param>
    /// <param name="requests">The number of requests that failed in the same way.</param>
    public void Explain(TokaifyException failure, string model, int requests) =>
        _client.ExplainAsync(failure, model, Math.Max(0, _limit + 2 - requests), _cancellation.Token).GetAwaiter().GetResult();

    /// <summary>Cancels what is in flight. From any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Waits until nothing runs any more, after <see cref="Cancel"/>: all files and lines of the journal are whole then. From any
    /// thread, and whether or not the events are taken.</summary>
    /// <param name="patience">For how long, at the most.</param>
    public void AwaitEnds(TimeSpan patience) => SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0, patience);

    /// <summary>Takes the next event after <see cref="Cancel"/>.</summary>
    /// <param name="patience">How long to wait for one, in milliseconds.</param>
    /// <returns>Null where nothing is in flight any more, or does not come to its end in time.</returns>
    public EditEvent? TakeCancelled(int patience) => InFlight > 0 && _events.TryTake(out var next, patience) ? Count(next) : null;

    /// <summary>Cancels what is in flight, does not wait for it, and lets go of the client's connections.</summary>
    public void Dispose()
    {
        Cancel();
        _client.Dispose();
    }

    private EditEvent Count(EditEvent next)
    {
        if (next is EditEvent.Ended)
        {
            InFlight--;
            KeepFlat();
        }

        return next;
    }

    private async Task RunAsync(ImageEdit edit)
    {
        try
        {
            var result = await _client.EditAsync(
                edit,
                retry => _events.Add(new EditEvent.Retrying(edit, retry)),
                _cancellation.Token).ConfigureAwait(false);
            _events.Add(result.Status == ImageEditStatus.Saved ? new EditEvent.Saved(edit, result) : new EditEvent.Skipped(edit, result));
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _events.Add(new EditEvent.Cancelled(edit));
        }
        catch (AttemptRefusedException)
        {
            _events.Add(new EditEvent.NotSent(edit));
        }
        catch (TokaifyException exception)
        {
            _events.Add(new EditEvent.Failed(edit, exception));
        }
#pragma warning disable CA1031 // Whatever one edit dies of, the others go on, and the user hears of it.
        catch (Exception exception)
        {
            _events.Add(new EditEvent.Failed(edit, new TokaifyException(exception.Message, exception) { Subject = edit.Label }));
        }
#pragma warning restore CA1031
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    // The garbage collector lets garbage lie up to the size of the processor's cache before it looks at it, and a long batch would
    // grow to that. Swept this often, 20,000 edits take 8 MB more than 500 instead of 19: docs/performance.md.
    private void KeepFlat()
    {
        if (++_ended % EditsBetweenSweeps == 0)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
    }
}
