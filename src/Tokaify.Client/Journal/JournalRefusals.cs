namespace Tokaify;

/// <summary>Which requests were refused for good, by the lines of a journal: their last end is a refusal that the same request meets
/// again. A key and a place in the file for each.</summary>
internal sealed class JournalRefusals
{
    private static readonly string[] s_ids =
    [
        nameof(TokaifyErrorId.ContentBlocked), nameof(TokaifyErrorId.InvalidRequest), nameof(TokaifyErrorId.UnsupportedImage),
    ];

    private readonly Dictionary<JournalKey, long> _places = [];

    /// <summary>Takes note of the next line.</summary>
    public void Add(JournalLine line, long place)
    {
        if (line.Outcome == JournalRecord.Failed && s_ids.Contains(line.ErrorId))
        {
            _places[line.Key!.Value] = place;
        }
        else if (line.Outcome is JournalRecord.Failed or JournalRecord.Saved)
        {
            _places.Remove(line.Key!.Value);
        }
    }

    /// <summary>Where the line of a request's refusal is; null if it was not refused.</summary>
    public long? Find(JournalKey key) => _places.TryGetValue(key, out var place) ? place : null;
}
