using System.Globalization;

namespace Tokaify;

/// <summary>The outcome of a batch: all requests of one command.</summary>
/// <remarks>Written to the information stream, so that it never mixes with the results:
/// <c>$results = … -Summary -InformationVariable info; $info.MessageData</c>.</remarks>
public sealed record BatchSummary
{
    /// <summary>The number of requests whose images are saved.</summary>
    public int Saved { get; init; }

    /// <summary>The number of requests that were skipped, because their images exist or are in the journal.</summary>
    public int Skipped { get; init; }

    /// <summary>The number of saved requests whose images have another aspect ratio or size than was asked for.</summary>
    public int Mismatched { get; init; }

    /// <summary>The number of requests that were not sent, because they were refused before according to the journal.</summary>
    public int Refused { get; init; }

    /// <summary>The number of failures. A source that was refused before anything was sent counts once.</summary>
    public int Failed { get; init; }

    /// <summary>The number of requests that were not tried, because they could not have succeeded.</summary>
    public int NotTried { get; init; }

    /// <summary>The number of requests that were in flight when the batch was stopped. They may have been billed.</summary>
    public int Cancelled { get; init; }

    /// <summary>The number of requests that were sent, retries included. With <c>-WhatIf</c>, the number that would be sent.</summary>
    public int Requests { get; init; }

    /// <summary>The number of further attempts.</summary>
    public int Retries { get; init; }

    /// <summary>The number of saved files. A response may have more than one image.</summary>
    public int Pictures { get; init; }

    /// <summary>The time from the command's start to its end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of files saved per minute.</summary>
    public double PicturesPerMinute { get; init; }

    /// <summary>Tokens of the prompts, images included.</summary>
    public long PromptTokenCount { get; init; }

    /// <summary>Tokens of the responses, images included.</summary>
    public long CandidatesTokenCount { get; init; }

    /// <summary>Tokens of the model's thoughts.</summary>
    public long ThoughtsTokenCount { get; init; }

    /// <summary>All tokens, as the service counts them. The service does not report the tokens of failed requests.</summary>
    public long TotalTokenCount { get; init; }

    /// <summary>The cost by the catalogue's prices; with <c>-WhatIf</c>, the estimated cost. Null if no price is known, or if there are
    /// several currencies.</summary>
    public decimal? Cost => Costs.Count == 1 ? Costs.Values.First() : null;

    /// <summary>The currency of <see cref="Cost"/>; null if the cost is null.</summary>
    public string? Currency => Costs.Count == 1 ? Costs.Keys.First() : null;

    /// <summary>The cost by currency.</summary>
    public IReadOnlyDictionary<string, decimal> Costs { get; init; } = new Dictionary<string, decimal>();

    /// <summary>Whether any of the cost is calculated with list prices, which come with the module.</summary>
    public bool CostIsListPrice { get; init; }

    /// <summary>The limit of <c>-MaximumCost</c>; null if there is none.</summary>
    public decimal? MaximumCost { get; init; }

    /// <summary>With <c>-MaximumCost</c>, the earlier cost in the journal; else null.</summary>
    public decimal? SpentBefore { get; init; }

    /// <summary>The number of edits that are not in the cost, because the price of their model is not known.</summary>
    public int Unpriced { get; init; }

    /// <summary>The file bytes of the images that were sent, retries included, without cancelled requests. On the wire, Base64 takes a
    /// third more. With <c>-WhatIf</c>, the bytes that would be sent.</summary>
    public long BytesSent { get; init; }

    /// <summary>The bytes of the saved images.</summary>
    public long BytesReceived { get; init; }

    /// <summary>The number of failures of each error id, the most frequent first.</summary>
    public IReadOnlyDictionary<string, int> Failures { get; init; } = new Dictionary<string, int>();

    /// <summary>The journal's full path; null if there is none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The share of the sources that the command took, such as <c>3/8</c>; null if it took all of them.</summary>
    public string? Share { get; init; }

    /// <summary>The number of sources that belong to other shares. The other counts do not include them.</summary>
    public int InOtherShares { get; init; }

    /// <summary>Whether the command completed. False if it was stopped, or ended by an error.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Whether it was a dry run, with <c>-WhatIf</c>: nothing was sent.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>The summary in one line.</summary>
    public override string ToString() => (IsWhatIf ? Plan() : Outcome()) + ShareText() + (JournalPath is null ? "" : $" Journal: '{JournalPath}'.");

    /// <summary>A readable time: <c>1:42</c>, <c>2:03:07</c>.</summary>
    internal static string TimeText(TimeSpan time) => time.TotalHours >= 1
        ? Text($"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : Text($"{time.Minutes}:{time.Seconds:00}");

    /// <summary>A readable number of bytes: <c>1.2 MB</c>.</summary>
    internal static string BytesText(long bytes) => bytes switch
    {
        < 1000 => Text($"{bytes} bytes"),
        < 1000 * 1000 => Text($"{bytes / 1e3:0.0} kB"),
        < 1000L * 1000 * 1000 => Text($"{bytes / 1e6:0.0} MB"),
        _ => Text($"{bytes / 1e9:0.00} GB"),
    };

    /// <summary>The number of each error id: <c>ContentBlocked 2, Timeout 1</c>.</summary>
    internal static string CountsText(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.Select(count => Text($"{count.Key} {count.Value}")));

    private string Outcome() =>
        (IsComplete ? "" : "Not finished: ")
        + Text($"{Saved} saved, {Skipped} skipped, {Failed} failed{FailureText()}")
        + (Mismatched > 0 ? Text($", {Mismatched} of another shape or size than was asked for") : "")
        + (Refused > 0 ? Text($", {Refused} refused before") : "")
        + (NotTried > 0 ? Text($", {NotTried} not tried") : "")
        + (Cancelled > 0 ? Text($", {Cancelled} cancelled") : "")
        + Text($" in {TimeText(Duration)}")
        // Without an image, there is no rate.
        + (Pictures > 0 ? Text($", {PicturesPerMinute:0.0} pictures a minute; ") : "; ")
        + Text($"{RequestText()}, {Retries} of them retries; {TotalTokenCount:N0} tokens; ")
        + (CostText() is { } cost ? $"{cost}{LimitText()}; " : "")
        + $"{BytesText(BytesSent)} sent, {BytesText(BytesReceived)} saved.";

    private string Plan() =>
        Text($"Send {RequestText()} with {BytesText(BytesSent)} of pictures, skip {Skipped}, refuse {Failed}{FailureText()}")
        + (Refused > 0 ? Text($", leave out {Refused} refused before.") : ".")
        + (CostText() is { } cost ? $" Estimated cost: {cost}{LimitText()}."
            : Unpriced > 0 ? " Estimated cost: unknown, the catalogue has no price of an image for it."
            : "");

    /// <summary>The cost as text; null if no price is known.</summary>
    internal string? CostText() => CostTotal.Join(Costs) is not { } amounts
        ? null
        : amounts
            + (CostIsListPrice ? " at list prices" : "")
            + (Unpriced > 0 ? Text($" without {Unpriced} of unknown price") : "");

    private string LimitText()
    {
        if (MaximumCost is not { } limit)
        {
            return "";
        }

        var sum = (Cost ?? 0) + (SpentBefore ?? 0);
        var before = SpentBefore > 0 ? $"with what was spent before {CostTotal.AmountText(sum)} " : "";
        return $", {before}of {CostTotal.AmountText(limit)} at the most" + (IsWhatIf && sum > limit ? ": too much, the rest would not be sent" : "");
    }

    private string ShareText() => Share is null ? ""
        : Text($" Share {Share}; {InOtherShares} {(InOtherShares == 1 ? "source belongs" : "sources belong")} to other shares.");

    private string RequestText() => Text($"{Requests} request{(Requests == 1 ? "" : "s")}");

    private string FailureText() => Failures.Count == 0
        ? ""
        : $" ({CountsText(Failures)})";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
