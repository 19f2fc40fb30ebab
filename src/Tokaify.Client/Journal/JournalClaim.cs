namespace Tokaify;

/// <summary>A request that one command of this process has in flight, so that no other one sends the same.</summary>
/// <param name="index">The index.</param>
/// <param name="request">Its number there.</param>
internal sealed class JournalClaim(JournalIndex index, int request) : IDisposable
{
    private bool _hasEnded;

    /// <summary>Called when it ends.</summary>
    public Action? OnEnd { get; set; }

    /// <summary>The number of the journal that its lines go to.</summary>
    public int File { get; set; }

    /// <summary>It was saved.</summary>
    /// <param name="place">Where its line is in that journal.</param>
    public void Complete(long place) => End(JournalPlace.Of(File, place));

    /// <summary>It was not, unless it was: another command may send it.</summary>
    public void Dispose() => End(null);

    private void End(long? place)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            index.End(request, place);
            OnEnd?.Invoke();
        }
    }
}
