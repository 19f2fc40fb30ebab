namespace Tokaify;

/// <summary>The names that one batch has given out, so that no two of its pictures ever share one.</summary>
/// <remarks>Kept as hashes of 64 bits: a batch may be large, and two names that only look alike cost one of them a number.</remarks>
public sealed class NameClaims
{
    private readonly Dictionary<ulong, int> _owners = [];
    private int _lastOwner;

    /// <summary>A number for the next source.</summary>
    internal int NewOwner() => Interlocked.Increment(ref _lastOwner);

    /// <summary>Takes a name in a folder, compared without case.</summary>
    /// <returns>False where another source has it.</returns>
    internal bool TryTake(string folder, string name, int owner)
    {
        var key = Hash(System.IO.Path.Combine(folder, name));
        lock (_owners)
        {
            if (_owners.TryGetValue(key, out var current))
            {
                return current == owner;
            }

            _owners.Add(key, owner);
            return true;
        }
    }

    // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
        {
            hash = (hash ^ char.ToUpperInvariant(character)) * 1099511628211UL;
        }

        return hash;
    }
}
