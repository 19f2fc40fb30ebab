using System.Collections.Concurrent;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Runs edits on the thread pool, a bounded number at once, and brings what they say back to the pipeline's thread.</summary>
/// <remarks>Every member is called on the pipeline's thread, <see cref="Cancel"/> apart. It holds what is in flight and
/// nothing else: ten sources or ten million take the same memory.</remarks>
internal sealed class EditPump : IDisposable
{
    private const int EditsBetweenSweeps = 128;

    // In milliseconds; so often do people see that time goes by.
    private const int Tick = 500;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly int _limit;
    private readonly TokaifyClient _client;
    private readonly IEditObserver _observer;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BlockingCollection<Action<IEditObserver>> _messages = [];
    private int _ended;

    /// <summary>Makes one that is idle.</summary>
    /// <param name="client">Runs the edits.</param>
    /// <param name="limit">The number of edits in flight, at the most.</param>
    /// <param name="observer">Hears what happens, on the pipeline's thread.</param>
    public EditPump(TokaifyClient client, int limit, IEditObserver observer)
    {
        _client = client;
        _limit = limit;
        _observer = observer;
    }

    /// <summary>The number of edits in flight.</summary>
    public int InFlight { get; private set; }

    /// <summary>Starts an edit; where the pump is full, waits until another has ended.</summary>
    public void Post(ImageEdit edit)
    {
        while (InFlight >= _limit)
        {
            HandleNext();
        }

        Begin(edit);
        HandleWaiting();
    }

    /// <summary>Waits until everything has ended.</summary>
    public void Drain()
    {
        while (InFlight > 0)
        {
            HandleNext();
        }
    }

    /// <summary>Cancels what is in flight. From any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Cancels what is in flight and waits until its temporary files are gone. The observer still hears what has
    /// ended before.</summary>
    public void Dispose()
    {
        Cancel();
        while (InFlight > 0 && _messages.TryTake(out var message, s_patience))
        {
            message(_observer);
        }
    }

    private void Begin(ImageEdit edit)
    {
        InFlight++;
        try
        {
            _observer.OnSending(edit);
        }
        catch
        {
            // Who tells of it may be stopped there and then. It has not begun, and nobody has to wait for its end.
            InFlight--;
            throw;
        }

        _ = Task.Run(() => RunAsync(edit));
    }

    private async Task RunAsync(ImageEdit edit)
    {
        Action<IEditObserver> ending;
        try
        {
            var result = await _client.EditAsync(
                edit,
                retry => _messages.Add(observer => observer.OnRetry(edit, retry)),
                _cancellation.Token).ConfigureAwait(false);
            ending = observer => observer.OnSaved(edit, result);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            ending = _ => { };
        }
        catch (TokaifyException exception)
        {
            ending = observer => observer.OnFailed(edit, exception);
        }
#pragma warning disable CA1031 // Whatever one edit dies of, the others go on, and the user hears of it.
        catch (Exception exception)
        {
            ending = observer => observer.OnFailed(edit, new TokaifyException(exception.Message, exception));
        }
#pragma warning restore CA1031

        _messages.Add(observer =>
        {
            InFlight--;
            ending(observer);
            KeepFlat();
        });
    }

    // The collector lets litter lie up to the size of the processor's cache before it looks at it, and a long batch would
    // grow to that. Swept this often, 20,000 edits take 8 MB more than 500 instead of 19: docs/performance.md.
    private void KeepFlat()
    {
        if (++_ended % EditsBetweenSweeps == 0)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
    }

    private void HandleWaiting()
    {
        while (_messages.TryTake(out var message))
        {
            message(_observer);
        }
    }

    private void HandleNext()
    {
        Action<IEditObserver> message;
        try
        {
            while (!_messages.TryTake(out message!, Tick, _cancellation.Token))
            {
                _observer.OnWaiting();
            }
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        message(_observer);
    }
}

/// <summary>Hears what becomes of edits, on the pipeline's thread.</summary>
internal interface IEditObserver
{
    /// <summary>An edit has begun.</summary>
    void OnSending(ImageEdit edit);

    /// <summary>Nothing has happened for a while.</summary>
    void OnWaiting();

    /// <summary>An edit's pictures are saved.</summary>
    void OnSaved(ImageEdit edit, ImageEditResult result);

    /// <summary>An edit failed for good.</summary>
    void OnFailed(ImageEdit edit, TokaifyException exception);

    /// <summary>An attempt failed; another one follows.</summary>
    void OnRetry(ImageEdit edit, Resilience.RetryNotice retry);
}
