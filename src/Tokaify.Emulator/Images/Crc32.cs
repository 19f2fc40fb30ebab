namespace Tokaify.Emulation;

/// <summary>The checksum of a PNG chunk (ISO 3309), calculated in one or several steps.</summary>
/// <remarks>It does not use the client's implementation: if that had a mistake, the client would accept what the emulator writes.</remarks>
internal struct Crc32
{
    private static readonly uint[] s_table = MakeTable();

    private uint _inverse;

    public readonly uint Value => _inverse;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        // Stored inverted, so that the default value, zero, is the correct start.
        var crc = ~_inverse;
        foreach (var value in bytes)
        {
            crc = s_table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        _inverse = ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) != 0 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
            }

            table[index] = entry;
        }

        return table;
    }
}
