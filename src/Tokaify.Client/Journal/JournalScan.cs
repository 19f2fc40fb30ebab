namespace Tokaify;

/// <summary>Matches the requests that were sent with their ends, over the lines of a journal. For the remaining requests, the end is
/// unknown.</summary>
internal sealed class JournalScan
{
    private readonly Dictionary<Guid, (JournalKey Key, Guid Run)> _sent = [];
    private readonly Dictionary<JournalKey, int> _sentByKey = [];

    // The runs that were stopped, by the key of their request.
    private readonly Dictionary<JournalKey, List<Guid>> _unknown = [];

    /// <summary>The number of requests whose end is unknown, and that were not sent again later.</summary>
    public int UnknownCount => _sent.Count + _unknown.Values.Sum(runs => runs.Count);

    /// <summary>Adds the next line.</summary>
    public void Add(JournalLine line)
    {
        var key = line.Key!.Value;
        switch (line.Outcome)
        {
            case JournalRecord.Sent:
                line.Requests.ForEach(id => AddSent(id, key, line.Run));
                break;
            case JournalRecord.Unknown:
                line.Requests.ForEach(RemoveSent);
                AddUnknown(key, line.Run);
                break;
            case JournalRecord.Saved or JournalRecord.Failed:
                line.Requests.ForEach(RemoveSent);
                Settle(key, line.Run);
                break;
        }
    }

    private int CountOfSent(JournalKey key) => _sentByKey.TryGetValue(key, out var count) ? count : 0;

    private void AddSent(Guid id, JournalKey key, Guid run)
    {
        if (!_sent.ContainsKey(id))
        {
            _sentByKey[key] = CountOfSent(key) + 1;
        }

        _sent[id] = (key, run);
    }

    private void RemoveSent(Guid id)
    {
        if (_sent.TryGetValue(id, out var sent))
        {
            _sent.Remove(id);
            if (--_sentByKey[sent.Key] == 0)
            {
                _sentByKey.Remove(sent.Key);
            }
        }
    }

    private void AddUnknown(JournalKey key, Guid run)
    {
        if (!_unknown.TryGetValue(key, out var runs))
        {
            _unknown.Add(key, runs = []);
        }

        runs.Add(run);
    }

    // If another run sent the same request later and it ended, one unknown end is settled. Lines of the same run do not settle it, because
    // one run may send the same request several times at once.
    private void Settle(JournalKey key, Guid run)
    {
        if (_unknown.TryGetValue(key, out var runs) && runs.FindIndex(earlier => earlier != run) is var index and >= 0)
        {
            runs.RemoveAt(index);
            if (runs.Count == 0)
            {
                _unknown.Remove(key);
            }
        }
        else if (CountOfSent(key) > 0 && FindSent(key, run) is { } id)
        {
            RemoveSent(id);
        }
    }

    private Guid? FindSent(JournalKey key, Guid run)
    {
        foreach (var sent in _sent)
        {
            if (sent.Value.Key == key && sent.Value.Run != run)
            {
                return sent.Key;
            }
        }

        return null;
    }
}
