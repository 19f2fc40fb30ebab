namespace Tokaify;

/// <summary>The checksum of PNG chunks: https://www.w3.org/TR/png-3/#5CRC-algorithm.</summary>
internal static class Crc32
{
    private static readonly uint[] s_table = MakeTable();

    /// <summary>The state before the first byte, for <see cref="Append"/>.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Start, bytes));

    /// <summary>Returns the state after further bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = s_table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    /// <summary>Returns the checksum for the state after the last byte.</summary>
    public static uint End(uint crc) => ~crc;

    private static uint[] MakeTable()
    {
        const uint Polynomial = 0xEDB88320;
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : Polynomial ^ (value >> 1);
            }

            table[index] = value;
        }

        return table;
    }
}
