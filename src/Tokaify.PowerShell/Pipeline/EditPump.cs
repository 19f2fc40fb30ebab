using System.Collections.Concurrent;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Runs edits on the thread pool, a bounded number at once, and puts their events into a queue.</summary>
/// <remarks>All members except <see cref="Cancel"/> and <see cref="AwaitEnds"/> are called on the pipeline's thread. The pump keeps only
/// edits in flight, so its memory does not grow with the number of sources.</remarks>
internal sealed class EditPump : IDisposable
{
    private const int EditsBetweenSweeps = 128;

    private readonly int _limit;
    private readonly Func<ErrorAdvice, string>? _words;
    private readonly TokaifyClient _client;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BlockingCollection<EditEvent> _events = [];
    private int _running;
    private int _ended;

    /// <summary>Creates an idle pump.</summary>
    /// <param name="connection">The connection to the relay.</param>
    /// <param name="options">The options of the client.</param>
    /// <param name="limit">The maximum number of edits in flight. More may be started while others wait for the end of an outage.</param>
    /// <param name="longestOutage">The maximum wait for the end of an outage.</param>
    /// <exception cref="TokaifyException">The connection cannot be used.</exception>
    public EditPump(TokaifyConnection connection, TokaifyClientOptions options, int limit, TimeSpan longestOutage)
    {
        var rules = new BatchRules
        {
            Limit = limit,
            MaximumOutage = longestOutage,
            OnNotice = notice => _events.Add(new EditEvent.BatchNoticed(notice)),
        };
        _client = new TokaifyClient(connection, options with
        {
            Retry = options.Retry with { Batch = rules },
            OnNotice = notice => _events.Add(new EditEvent.Noticed(notice)),
        });
        _limit = limit;
        _words = options.WordAdvice;
    }

    /// <summary>The number of edits that have started and have not ended.</summary>
    public int InFlight { get; private set; }

    /// <summary>Whether an edit may start: the limit is not reached, and its model has no outage.</summary>
    public bool MayStart(ImageEdit edit) =>
        InFlight - _client.Pipeline.Waiting < _limit && _client.Pipeline.MayStart(TokaifyClient.GroupOf(edit));

    /// <summary>Whether an outage affects the edit's model, but not the other models.</summary>
    public bool IsModelHeld(ImageEdit edit) => _client.Pipeline.IsGroupHeld(TokaifyClient.GroupOf(edit));

    /// <summary>The reason why no further edit of a model can succeed; null if one can.</summary>
    /// <param name="model">The model; null for a reason that concerns all models.</param>
    public TokaifyException? EndOf(string? model) => _client.Pipeline.EndOf(model ?? "") switch
    {
        null => null,
        TokaifyException failure => failure.Worded(_words),
        TimeoutException timeout => TokaifyErrors.Timeout(timeout).Worded(_words),
        var other => new TokaifyException(other.Message, other),
    };

    /// <summary>Declares that no other edit will follow. Failed edits wait for other edits to show whether there is an outage; without
    /// other edits, they end without that knowledge.</summary>
    /// <param name="isOnly">Whether it is the only edit of the batch: then it does not wait for the end of an outage.</param>
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
    /// <param name="timeout">The maximum wait in milliseconds; 0 to not wait.</param>
    /// <returns>Null if there was no event in time.</returns>
    /// <exception cref="OperationCanceledException">The pump was cancelled meanwhile.</exception>
    public EditEvent? Take(int timeout) => _events.TryTake(out var next, timeout, _cancellation.Token) ? Count(next) : null;

    /// <summary>Adds the relay's own models to an error about an unknown model. The relay is asked only once. Failed requests and those for
    /// the list together are at most the limit plus two.</summary>
    /// <param name="failure">The error.</param>
    /// <param name="model">The model.</param>
    /// <param name="requests">The number of requests that failed in the same way.</param>
    public void Explain(TokaifyException failure, string model, int requests) =>
        _client.ExplainAsync(failure, model, Math.Max(0, _limit + 2 - requests), _cancellation.Token).GetAwaiter().GetResult();

    /// <summary>Cancels edits in flight. May be called on any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Waits after <see cref="Cancel"/> until no edit runs. All files and journal lines are complete then. May be called on any
    /// thread, and does not need the events to be taken.</summary>
    /// <param name="timeout">The maximum wait.</param>
    public void AwaitEnds(TimeSpan timeout) => SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0, timeout);

    /// <summary>Takes the next event after <see cref="Cancel"/>.</summary>
    /// <param name="timeout">The maximum wait in milliseconds.</param>
    /// <returns>Null if no edit is in flight, or if there was no event in time.</returns>
    public EditEvent? TakeCancelled(int timeout) => InFlight > 0 && _events.TryTake(out var next, timeout) ? Count(next) : null;

    /// <summary>Cancels edits in flight without waiting for their end, and closes the client's connections.</summary>
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
            CollectGarbage();
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
#pragma warning disable CA1031 // An unexpected exception of one edit must not stop the others. It is reported as a failure.
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

    // The garbage collector lets garbage grow to the size of the processor's cache before it collects, and a long batch would reach that
    // size. With this collection, 20,000 edits take 8 MB more than 500 edits, instead of 19 MB: docs/performance.md.
    private void CollectGarbage()
    {
        if (++_ended % EditsBetweenSweeps == 0)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
    }
}
