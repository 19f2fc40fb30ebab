namespace Tokaify;

/// <summary>The requests of an index that one command has taken, as one bit for each.</summary>
internal sealed class JournalView
{
    private const int BitsPerWord = 64;

    // The first request of a chain that may not be taken. With it, the taken requests of a long chain are not traversed each time.
    private readonly Dictionary<int, int> _starts = [];
    private readonly List<ulong> _taken = [];

    /// <summary>Whether a request is taken.</summary>
    public bool Has(int request)
    {
        var word = request / BitsPerWord;
        return word < _taken.Count && (_taken[word] & Bit(request)) != 0;
    }

    /// <summary>Takes a request.</summary>
    public void Take(int request)
    {
        while (request / BitsPerWord >= _taken.Count)
        {
            _taken.Add(0);
        }

        _taken[request / BitsPerWord] |= Bit(request);
    }

    /// <summary>The requests of a chain that are not taken, the oldest first.</summary>
    public IEnumerable<int> Remaining(SavedRequests requests, int chain)
    {
        var request = _starts.TryGetValue(chain, out var start) ? start : requests.First(chain);
        var last = request;
        while (request != SavedRequests.None && Has(request))
        {
            last = request;
            request = requests.Next(request);
        }

        if (last != requests.First(chain) || _starts.ContainsKey(chain))
        {
            _starts[chain] = last;
        }

        for (; request != SavedRequests.None; request = requests.Next(request))
        {
            if (!Has(request))
            {
                yield return request;
            }
        }
    }

    private static ulong Bit(int request) => 1UL << (request % BitsPerWord);
}
