namespace Tokaify.PowerShell;

/// <summary>The names that one command has given out, so that two of its sources never share one.</summary>
/// <remarks>Kept as hashes of 64 bits: a batch may be large, and two names that only look alike cost one of them a number.</remarks>
internal sealed class NameClaims
{
    private readonly HashSet<ulong> _claims = [];

    /// <summary>Takes a name in a folder, compared without case.</summary>
    /// <returns>False where it is taken.</returns>
    public bool TryTake(string folder, string name) => _claims.Add(Hash(Path.Combine(folder, name)));

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
