using Tokaify.Resilience;

namespace Tokaify.Tests.Resilience;

/// <summary>A batch of operations with a virtual clock, against a scripted service. It starts them like the cmdlets
/// do: a limited number at once, and more while others wait for the end of an outage.</summary>
internal sealed class VirtualBatch
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(1);

    private readonly RetryPipeline _pipeline;
    private readonly int _limit;
    private readonly object _lock = new();
    private TaskCompletionSource _changed = new();
    private int _running;
    private int _sending;

    public VirtualBatch(
        int limit = 4,
        int retries = 1,
        TimeSpan? maximumWait = null,
        TimeSpan? spacing = null)
    {
        _limit = limit;
        _pipeline = new RetryPipeline(
            new RetryOptions
            {
                MaximumRetryCount = retries,
                AttemptTimeout = TimeSpan.Zero,
                AttemptSpacing = spacing ?? TimeSpan.Zero,
                Batch = new BatchRules
                {
                    Limit = limit,
                    MaximumOutage = maximumWait ?? TimeSpan.FromMinutes(10),
                    OnNotice = Hear,
                },
            },
            exception => exception is Failure failure
                ? failure.Advice
                : throw new InvalidOperationException("This is no failure of an attempt.", exception),
            Clock);
    }

    public VirtualClock Clock { get; } = new();

    public RetryPipeline Pipeline => _pipeline;

    /// <summary>Returns the failure of an attempt, from its operation and the time in seconds; null for success.</summary>
    public Func<int, double, Failure?> Script { get; set; } = (_, _) => null;

    /// <summary>The group of an operation.</summary>
    public Func<int, string> Group { get; set; } = _ => "model";

    /// <summary>How many seconds an operation's first attempt takes; each further one takes a second.</summary>
    public Func<int, double> FirstDuration { get; set; } = _ => s_duration.TotalSeconds;

    /// <summary>The attempts that were made, with the times in seconds at which they began.</summary>
    public List<(int Operation, double Time)> Attempts { get; } = [];

    public List<BatchNotice> Notices { get; } = [];

    /// <summary>The end of each operation: null for success.</summary>
    public Dictionary<int, Exception?> Ends { get; } = [];

    /// <summary>The maximum number of attempts at the same time.</summary>
    public int MostAtOnce { get; private set; }

    public IEnumerable<int> Succeeded => Ends.Where(end => end.Value is null).Select(end => end.Key);

    public IEnumerable<int> Failed => Ends.Where(end => end.Value is Failure).Select(end => end.Key);

    public IEnumerable<int> NotTried => Ends.Where(end => end.Value is AttemptRefusedException).Select(end => end.Key);

    public int AttemptsBetween(double begin, double end) => Attempts.Count(attempt => attempt.Time >= begin && attempt.Time < end);

    /// <summary>Runs so many operations to their ends.</summary>
    public Task RunAsync(int count) => Clock.RunAsync(async () =>
    {
        for (var operation = 0; operation < count; operation++)
        {
            var changed = _changed.Task;
            while (_pipeline.EndOf(Group(operation)) is null
                && (_running - _pipeline.Waiting >= _limit || !_pipeline.MayStart(Group(operation))))
            {
                await changed;
                changed = _changed.Task;
            }

            if (_pipeline.EndOf(Group(operation)) is not null)
            {
                lock (_lock)
                {
                    Ends[operation] = new AttemptRefusedException();
                }

                continue;
            }

            lock (_lock)
            {
                _running++;
            }

            _ = RunOneAsync(operation);
        }

        while (true)
        {
            var changed = _changed.Task;
            if (_running == 0)
            {
                return;
            }

            if (count == 1)
            {
                _pipeline.ExpectNoOther();
            }
            else if (_pipeline.Suspects == _running)
            {
                _pipeline.DismissSuspects();
            }

            await changed;
        }
    });

    private async Task RunOneAsync(int operation)
    {
        Exception? end = null;
        try
        {
            await _pipeline.ExecuteAsync(
                (_, token) => AttemptAsync(operation, token), onRetry: null, CancellationToken.None, Group(operation));
        }
        catch (Exception exception)
        {
            end = exception;
        }

        lock (_lock)
        {
            Ends[operation] = end;
            _running--;
        }

        Change();
    }

    private async Task<int> AttemptAsync(int operation, CancellationToken token)
    {
        var duration = s_duration;
        lock (_lock)
        {
            if (Attempts.All(attempt => attempt.Operation != operation))
            {
                duration = TimeSpan.FromSeconds(FirstDuration(operation));
            }

            Attempts.Add((operation, Clock.Elapsed.TotalSeconds));
            MostAtOnce = Math.Max(MostAtOnce, ++_sending);
        }

        try
        {
            await Clock.DelayAsync(duration, token);
            return Script(operation, Clock.Elapsed.TotalSeconds) is { } failure ? throw failure : operation;
        }
        finally
        {
            lock (_lock)
            {
                _sending--;
            }
        }
    }

    private void Hear(BatchNotice notice)
    {
        lock (_lock)
        {
            Notices.Add(notice);
        }

        Change();
    }

    private void Change()
    {
        Interlocked.Exchange(ref _changed, new TaskCompletionSource()).SetResult();
    }

    /// <summary>The failures of attempts.</summary>
    internal sealed class Failure(RetryAdvice advice) : Exception
    {
        public RetryAdvice Advice { get; } = advice;

        /// <summary>No connection.</summary>
        public static Failure Connection() => new(new RetryAdvice(Retry: true) { Outage = Reach.All });

        /// <summary>A status such as 503.</summary>
        public static Failure Status(TimeSpan? wish = null) => new(new RetryAdvice(Retry: true, wish) { Outage = Reach.Group });

        /// <summary>A transient error, such as 500.</summary>
        public static Failure Passing() => new(new RetryAdvice(Retry: true));

        /// <summary>A permanent error by the service's code, or one that may be permanent.</summary>
        public static Failure Final(Reach reach = Reach.All, bool isCertain = false) =>
            new(new RetryAdvice(Retry: false) { End = reach, IsCertain = isCertain });

        /// <summary>A refusal that concerns only this operation.</summary>
        public static Failure Refusal() => new(new RetryAdvice(Retry: false) { IsWorking = true });
    }
}
