namespace Tokaify;

/// <summary>The permanently refused requests of a journal: those whose last outcome is a refusal that the same request would get again.
/// Holds a key and the place of the line for each.</summary>
internal sealed class JournalRefusals
{
    private static readonly string[] s_ids =
    [
        nameof(TokaifyErrorId.ContentBlocked), nameof(TokaifyErrorId.InvalidRequest), nameof(TokaifyErrorId.UnsupportedImage),
    ];

    private readonly Dictionary<JournalKey, long> _places = [];

    /// <summary>Adds the next line.</summary>
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

    /// <summary>Returns the place of the line of a request's refusal; null if it was not refused.</summary>
    public long? Find(JournalKey key) => _places.TryGetValue(key, out var place) ? place : null;
}
