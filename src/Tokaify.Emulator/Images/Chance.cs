namespace Tokaify.Emulation;

/// <summary>Pseudo-random numbers that depend only on a seed, and are the same on every runtime (xorshift64*).</summary>
internal sealed class Chance
{
    private ulong _state;

    /// <param name="seed">At least 8 bytes.</param>
    public Chance(byte[] seed)
    {
        for (var index = 0; index < 8; index++)
        {
            _state = (_state << 8) | seed[index];
        }

        // A state of zero would never change.
        _state |= 1;
    }

    /// <summary>Returns a number from 0 to just under 1.</summary>
    public double Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return ((_state * 2685821657736338717UL) >> 11) / (double)(1UL << 53);
    }

    public double Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>Returns an integer from 0 to <paramref name="count"/> - 1.</summary>
    public int Pick(int count) => (int)(Next() * count);
}
