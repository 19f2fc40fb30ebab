namespace Tokaify;

/// <summary>The names that one batch has assigned, so that no two of its images have the same name.</summary>
/// <remarks>
/// They are kept for the whole batch, as 64-bit hashes with the number of the source: 14 to 18 bytes for each name. If two names have the
/// same hash, one of them gets a number. The table consists of many small ones, so that growing never copies all names at once.
/// </remarks>
public sealed class NameClaims
{
    private const int PartBits = 8;

    private Part[]? _parts;
    private int _lastOwner;

    /// <summary>Claims a path, compared without case, so that no other edit gets it.</summary>
    /// <param name="path">A full path.</param>
    /// <returns>False if it was taken before.</returns>
    public bool TryTake(string path) => TryTake(path, NewOwner());

    /// <summary>Returns a number for the next source.</summary>
    internal int NewOwner() => Interlocked.Increment(ref _lastOwner);

    /// <summary>The memory of the names, in bytes.</summary>
    internal long Size => (_parts ?? []).Sum(part => part.Size);

    /// <summary>Takes a name in a folder, compared without case.</summary>
    /// <returns>False if another source has it.</returns>
    internal bool TryTake(string folder, string name, int owner) => TryTake(System.IO.Path.Combine(folder, name), owner);

    private bool TryTake(string path, int owner)
    {
        var parts = LazyInitializer.EnsureInitialized(ref _parts, () => [.. Enumerable.Range(0, 1 << PartBits).Select(_ => new Part())])!;
        var hash = Hash(path);
        return parts[hash >> (64 - PartBits)].TryTake(hash, owner);
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

    /// <summary>A hash table with open addressing. It has a high load factor that still avoids long searches, and grows in small
    /// steps.</summary>
    private sealed class Part
    {
        private const int SmallestLength = 8;
        private const double MaximumLoad = 0.85;
        private const double Growth = 1.25;

        private readonly object _lock = new();
        private ulong[] _hashes = [];
        private int[] _owners = [];
        private int _count;

        public long Size
        {
            get
            {
                lock (_lock)
                {
                    return (long)_owners.Length * (sizeof(ulong) + sizeof(int));
                }
            }
        }

        public bool TryTake(ulong hash, int owner)
        {
            lock (_lock)
            {
                if (_count >= _owners.Length * MaximumLoad)
                {
                    Grow();
                }

                var slot = FindSlot(hash);
                if (_owners[slot] != 0)
                {
                    return _owners[slot] == owner;
                }

                _hashes[slot] = hash;
                _owners[slot] = owner;
                _count++;
                return true;
            }
        }

        // The first bits select the part; the last ones select the slot in it.
        private int FindSlot(ulong hash)
        {
            var slot = (int)(((hash & uint.MaxValue) * (ulong)_owners.Length) >> 32);
            while (_owners[slot] != 0 && _hashes[slot] != hash)
            {
                slot = slot + 1 < _owners.Length ? slot + 1 : 0;
            }

            return slot;
        }

        private void Grow()
        {
            var (hashes, owners) = (_hashes, _owners);
            var length = Math.Max(SmallestLength, (int)(owners.Length * Growth));
            _hashes = new ulong[length];
            _owners = new int[length];
            for (var index = 0; index < owners.Length; index++)
            {
                if (owners[index] != 0)
                {
                    var slot = FindSlot(hashes[index]);
                    _hashes[slot] = hashes[index];
                    _owners[slot] = owners[index];
                }
            }
        }
    }
}
