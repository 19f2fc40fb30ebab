using System.Text;

namespace Tokaify;

/// <summary>Finds the newest line of each request (identified by fingerprint and number of the variation) in any number of journals. Keeps
/// 60 bytes in memory for each request.</summary>
/// <remarks>A request that was refused before it was built has no fingerprint. It is identified by source, prompt and model, until a line
/// with a fingerprint and the same values follows.</remarks>
public sealed class LatestEntries
{
    private readonly List<string> _files = [];
    private readonly SavedRequests _requests = new();
    private readonly List<long> _times = [];
    private readonly Dictionary<JournalKey, (long Place, long Time)> _refused = [];

    /// <summary>Reads a journal.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="TokaifyException">It cannot be read.</exception>
    public void Add(string path)
    {
        var file = _files.Count;
        _files.Add(path);
        var line = new JournalLine();
        foreach (var (offset, bytes) in JournalReader.Lines(path))
        {
            var isMade = line.Read(bytes.Span);
            if (isMade)
            {
                Add(KeyOf(line), JournalPlace.Of(file, offset), line.TimeUtc.Ticks);
            }

            if ((!isMade || _refused.Count > 0) && JournalReader.Parse(bytes, path) is { } entry)
            {
                AddRefused(entry, isMade, JournalPlace.Of(file, offset));
            }
        }
    }

    /// <summary>Returns the newest entries, in the order of the journals.</summary>
    /// <exception cref="TokaifyException">A journal can no longer be read.</exception>
    public IEnumerable<JournalEntry> Read()
    {
        var places = Places();
        for (var file = 0; file < _files.Count; file++)
        {
            foreach (var (offset, bytes) in JournalReader.Lines(_files[file]))
            {
                if (Array.BinarySearch(places, JournalPlace.Of(file, offset)) >= 0 && JournalReader.Parse(bytes, _files[file]) is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }

    private long[] Places()
    {
        var places = new long[_requests.Count + _refused.Count];
        for (var request = 0; request < _requests.Count; request++)
        {
            places[request] = _requests.Place(request);
        }

        _refused.Values.Select(refused => refused.Place).ToArray().CopyTo(places, _requests.Count);
        Array.Sort(places);
        return places;
    }

    private void Add(JournalKey key, long place, long time)
    {
        var chain = _requests.Find(key);
        if (chain == SavedRequests.None)
        {
            _requests.Add(key, place);
            _times.Add(time);
            return;
        }

        var request = _requests.First(chain);
        if (time >= _times[request])
        {
            _requests.SetPlace(request, place);
            _times[request] = time;
        }
    }

    private void AddRefused(JournalEntry entry, bool isMade, long place)
    {
        var key = KeyOf(entry);
        var isKnown = _refused.TryGetValue(key, out var refused);
        if (isKnown && entry.Time.Ticks < refused.Time)
        {
            return;
        }

        if (!isMade)
        {
            _refused[key] = (place, entry.Time.Ticks);
        }
        else if (isKnown)
        {
            _refused.Remove(key);
        }
    }

    // The number is mixed into the digest, which is as good as a digest of both.
    private static JournalKey KeyOf(JournalLine line) =>
        line.Key!.Value with { High = line.Key.Value.High ^ ((ulong)Math.Max(1, line.Index) * 0x9E3779B97F4A7C15) };

    private static JournalKey KeyOf(JournalEntry entry) =>
        JournalKey.TryParse(Encoding.ASCII.GetBytes(Sha256.OfText($"{entry.SourcePath}\n{entry.Model}\n{entry.PromptSha256 ?? Sha256.OfText(entry.Prompt ?? "")}")))!.Value;
}
