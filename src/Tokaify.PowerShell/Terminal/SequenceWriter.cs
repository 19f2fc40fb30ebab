using System.Buffers.Text;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Writes control sequences with Base64 payloads to a terminal.</summary>
/// <param name="terminal">The output stream to the terminal.</param>
/// <param name="throughTmux">Whether tmux has to pass the sequences on. Then each is wrapped as <c>ESC P tmux; … ESC \</c>, with every ESC
/// in it doubled (tmux(1), allow-passthrough).</param>
internal sealed class SequenceWriter(Stream terminal, bool throughTmux)
{
    /// <summary>The number of bytes that are encoded at a time. Divisible by three, so that only the end of the Base64 has
    /// padding.</summary>
    public const int BlockLength = 48 * 1024;

    private readonly byte[] _encoded = new byte[Base64.GetMaxEncodedToUtf8Length(BlockLength)];

    /// <summary>Writes text that is not wrapped for tmux, such as cursor movements, which tmux handles itself.</summary>
    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        terminal.Write(bytes, 0, bytes.Length);
    }

    /// <summary>Begins a sequence.</summary>
    public void Open(string start) => Text(throughTmux ? "\ePtmux;" + Doubled(start) : start);

    /// <summary>Writes bytes of the payload as Base64.</summary>
    public void Payload(ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, _encoded, out _, out var length);
        terminal.Write(_encoded, 0, length);
    }

    /// <summary>Ends the sequence.</summary>
    public void Close(string end) => Text(throughTmux ? Doubled(end) + "\e\\" : end);

    /// <summary>Writes a sequence without a payload.</summary>
    public void Sequence(string start, string end)
    {
        Open(start);
        Close(end);
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public static int Fill(Stream file, byte[] buffer, int length, int offset = 0)
    {
        var filled = 0;
        int read;
        while (filled < length && (read = file.Read(buffer, offset + filled, length - filled)) > 0)
        {
            filled += read;
        }

        return filled;
    }

    private static string Doubled(string text) => text.Replace("\e", "\e\e");
}
