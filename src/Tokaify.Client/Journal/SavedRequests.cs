namespace Tokaify;

/// <summary>A table of requests by their keys, about 50 bytes each. Requests of the same key form a chain, the oldest first.</summary>
/// <remarks>It consists of chunks, so that it grows without copying everything.</remarks>
internal sealed class SavedRequests
{
    /// <summary>The value for no request or no chain.</summary>
    public const int None = -1;

    private const int ChunkBits = 12;
    private const int ChunkLength = 1 << ChunkBits;
    private const int FirstBucketCount = 1024;

    private readonly List<Request[]> _requests = [];
    private readonly List<Chain[]> _chains = [];
    private int[] _buckets = NewBuckets(FirstBucketCount);
    private int _chainCount;

    /// <summary>The number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>The chain of a key; <see cref="None"/> if there is none.</summary>
    public int Find(JournalKey key)
    {
        for (var chain = _buckets[BucketOf(key)]; chain != None; chain = ChainAt(chain).Next)
        {
            if (ChainAt(chain).Key == key)
            {
                return chain;
            }
        }

        return None;
    }

    /// <summary>The oldest request of a chain.</summary>
    public int First(int chain) => ChainAt(chain).First;

    /// <summary>The next younger request of its chain; <see cref="None"/> for the youngest.</summary>
    public int Next(int request) => RequestAt(request).Next;

    /// <summary>The place of a request's line, or a special value.</summary>
    public long Place(int request) => RequestAt(request).Place;

    /// <summary>Sets <see cref="Place"/>.</summary>
    public void SetPlace(int request, long place) => RequestAt(request).Place = place;

    /// <summary>Adds a request to the end of its chain.</summary>
    /// <returns>Its number.</returns>
    public int Add(JournalKey key, long place)
    {
        var request = Count++;
        if (request >> ChunkBits == _requests.Count)
        {
            _requests.Add(new Request[ChunkLength]);
        }

        RequestAt(request) = new Request { Place = place, Next = None };
        var chain = Find(key);
        if (chain == None)
        {
            AddChain(key, request);
        }
        else
        {
            RequestAt(ChainAt(chain).Last).Next = request;
            ChainAt(chain).Last = request;
        }

        return request;
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        for (var index = 0; index < count; index++)
        {
            buckets[index] = None;
        }

        return buckets;
    }

    private void AddChain(JournalKey key, int request)
    {
        if (_chainCount == _buckets.Length)
        {
            Grow();
        }

        var chain = _chainCount++;
        if (chain >> ChunkBits == _chains.Count)
        {
            _chains.Add(new Chain[ChunkLength]);
        }

        ref var bucket = ref _buckets[BucketOf(key)];
        ChainAt(chain) = new Chain { Key = key, First = request, Last = request, Next = bucket };
        bucket = chain;
    }

    private void Grow()
    {
        _buckets = NewBuckets(_buckets.Length * 2);
        for (var chain = 0; chain < _chainCount; chain++)
        {
            ref var bucket = ref _buckets[BucketOf(ChainAt(chain).Key)];
            ChainAt(chain).Next = bucket;
            bucket = chain;
        }
    }

    private int BucketOf(JournalKey key) => (int)(key.Low & (uint)(_buckets.Length - 1));

    private ref Request RequestAt(int number) => ref _requests[number >> ChunkBits][number & (ChunkLength - 1)];

    private ref Chain ChainAt(int number) => ref _chains[number >> ChunkBits][number & (ChunkLength - 1)];

    private struct Request
    {
        public long Place;
        public int Next;
    }

    private struct Chain
    {
        public JournalKey Key;
        public int First;
        public int Last;
        public int Next;
    }
}
