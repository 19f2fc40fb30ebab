using System.Diagnostics;

namespace Tokaify.PowerShell;

/// <summary>Counts the outcomes of a batch while it runs.</summary>
internal sealed class BatchTally
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<TokaifyErrorId, int> _failures = [];
    private readonly Dictionary<TokaifyErrorId, int> _refusals = [];
    private readonly Dictionary<TokaifyErrorId, int> _failedRequests = [];
    private int _attempts;
    private int _retries;
    private int _retriesOfEnded;
    private int _images;
    private long _promptTokens;
    private long _candidatesTokens;
    private long _thoughtsTokens;
    private long _bytesSent;
    private long _bytesReceived;

    /// <summary>The cost so far; in a dry run, the estimated cost.</summary>
    public CostTotal Cost { get; } = new();

    /// <summary>The limit for the cost; null for no limit.</summary>
    public Budget? Budget { get; set; }

    /// <summary>Counts the sources of other shares; null if there are no shares.</summary>
    public OwnSources? Sources { get; set; }

    public int Saved { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>The number of requests whose images have another ratio or size than was asked for.</summary>
    public int Mismatched { get; private set; }

    /// <summary>The number of requests that were not sent because they were refused before.</summary>
    public int Refused { get; private set; }

    /// <summary>The reasons of these refusals: the number of each error id.</summary>
    public string RefusalText => BatchSummary.CountsText(Sorted(_refusals));

    public int Failed { get; private set; }

    public int NotTried { get; private set; }

    public long Tokens { get; private set; }

    /// <summary>The number of requests that have ended, saved or not.</summary>
    public int Ended => Saved + Skipped + Refused + Failed;

    /// <summary>The number of requests that took time: those that ended and were not skipped.</summary>
    public int Worked => Saved + Failed;

    public TimeSpan Elapsed => _clock.Elapsed;

    public double PicturesPerMinute => _images / Math.Max(_clock.Elapsed.TotalMinutes, 1e-6);

    public void Save(ImageEdit edit, ImageEditResult result)
    {
        Saved++;
        Mismatched += result.MatchesRequest == false ? 1 : 0;
        foreach (var image in result.Images)
        {
            _images++;
            _bytesReceived += image.Length;
        }

        _promptTokens += result.Usage?.PromptTokenCount ?? 0;
        _candidatesTokens += result.Usage?.CandidatesTokenCount ?? 0;
        _thoughtsTokens += result.Usage?.ThoughtsTokenCount ?? 0;
        Tokens += result.Usage?.TotalTokenCount ?? 0;
        Cost.Add(result.Cost, result.Currency, result.CostIsListPrice);
        Send(edit, result.Attempts);
    }

    /// <summary>Counts a request that was skipped.</summary>
    public void Skip(ImageEditResult result)
    {
        if (result is { Status: ImageEditStatus.Refused, Error: { } error })
        {
            Refused++;
            Count(_refusals, error.ErrorId);
        }
        else
        {
            Skipped++;
        }
    }

    /// <summary>Counts requests that were not tried, because they could not have succeeded.</summary>
    public void LeaveUntried(int requests) => NotTried += requests;

    public void Retry() => _retries++;

    /// <summary>Counts a failure.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="edit">The edit that was sent; null if nothing was sent.</param>
    public void Fail(TokaifyException exception, ImageEdit? edit = null)
    {
        Failed++;
        Count(_failures, exception.ErrorId);
        if (edit is not null)
        {
            Count(_failedRequests, exception.ErrorId, exception.Attempts);
            if (exception.Attempts > 0)
            {
                Cost.Add(exception.Cost, exception.Currency, exception.CostIsListPrice);
            }

            Send(edit, exception.Attempts);
        }
    }

    /// <summary>The number of requests of edits that failed with an error id.</summary>
    public int RequestsOf(TokaifyErrorId id) => _failedRequests.TryGetValue(id, out var number) ? number : 0;

    /// <summary>Counts requests and the bytes of their images. In a dry run, counts those that would be sent.</summary>
    public void Send(ImageEdit edit, int attempts)
    {
        _attempts += attempts;
        _retriesOfEnded += Math.Max(0, attempts - 1);
        foreach (var image in edit.Request.Images)
        {
            _bytesSent += attempts * image.Length;
        }
    }

    /// <summary>Adds the estimated cost of an edit.</summary>
    public void Estimate(ImageEdit edit)
    {
        var estimate = edit.Request.EstimateCost();
        Cost.Add(estimate?.Amount, estimate?.Currency, estimate?.IsListPrice == true);
    }

    /// <summary>Creates a summary of the counts so far.</summary>
    /// <param name="cancelled">The number of edits that did not end.</param>
    public BatchSummary ToSummary(int cancelled = 0) => new()
    {
        Saved = Saved,
        Skipped = Skipped,
        Mismatched = Mismatched,
        Refused = Refused,
        Failed = Failed,
        NotTried = NotTried,
        Cancelled = cancelled,
        // An edit that did not end has no number of attempts.
        Requests = _attempts + cancelled + (cancelled > 0 ? Math.Max(0, _retries - _retriesOfEnded) : 0),
        Retries = _retries,
        Pictures = _images,
        Duration = Elapsed,
        PicturesPerMinute = Math.Round(PicturesPerMinute, 1),
        PromptTokenCount = _promptTokens,
        CandidatesTokenCount = _candidatesTokens,
        ThoughtsTokenCount = _thoughtsTokens,
        TotalTokenCount = Tokens,
        Costs = Cost.Amounts.ToDictionary(amount => amount.Key, amount => amount.Value),
        Unpriced = Cost.Unpriced,
        CostIsListPrice = Cost.HasListPrices,
        MaximumCost = Budget?.Limit,
        SpentBefore = Budget?.SpentBefore,
        Share = Sources?.Share?.ToString(),
        InOtherShares = Sources?.Others ?? 0,
        BytesSent = _bytesSent,
        BytesReceived = _bytesReceived,
        Failures = Sorted(_failures),
    };

    private static void Count(Dictionary<TokaifyErrorId, int> counts, TokaifyErrorId id, int more = 1) =>
        counts[id] = more + (counts.TryGetValue(id, out var number) ? number : 0);

    private static Dictionary<string, int> Sorted(Dictionary<TokaifyErrorId, int> counts) => counts
        .OrderByDescending(count => count.Value)
        .ThenBy(count => count.Key.ToString(), StringComparer.Ordinal)
        .ToDictionary(count => count.Key.ToString(), count => count.Value);
}
