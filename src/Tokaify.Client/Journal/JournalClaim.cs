namespace Tokaify;

/// <summary>A request that one command of this process has in flight. While it exists, no other command sends the same request.</summary>
/// <param name="index">The index.</param>
/// <param name="request">Its number there.</param>
internal sealed class JournalClaim(JournalIndex index, int request) : IDisposable
{
    private bool _hasEnded;

    /// <summary>Called when the claim ends.</summary>
    public Action? OnEnd { get; set; }

    /// <summary>The number of the journal that receives its lines.</summary>
    public int File { get; set; }

    /// <summary>Ends the claim of a request that was saved.</summary>
    /// <param name="place">The offset of its line in that journal.</param>
    public void Complete(long place) => End(JournalPlace.Of(File, place));

    /// <summary>Ends the claim. If the request was not saved, another command may send it.</summary>
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
