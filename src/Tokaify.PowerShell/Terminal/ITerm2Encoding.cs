using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>An image as iTerm2's inline images: <see href="https://iterm2.com/documentation-images.html"/>.</summary>
/// <remarks>
/// <code>
/// ESC ] 1337 ; File = arguments : Base64 of the file BEL
/// ESC ] 1337 ; MultipartFile = arguments BEL,  ESC ] 1337 ; FilePart = Base64 BEL …,  ESC ] 1337 ; FileEnd BEL
/// </code>
/// Every terminal with this protocol supports the first form, for files of any length. The second form, of iTerm2 3.5, is for tmux, which
/// accepts no sequence of more than 1,048,576 bytes. <c>preserveAspectRatio</c> is left at its default, 1, because Konsole inverts the
/// value (Vt102Emulation.cpp).
/// </remarks>
internal static class ITerm2Encoding
{
    /// <summary>The maximum length of a file in one sequence through tmux. Its Base64, its name and the wrapping stay below tmux's
    /// limit.</summary>
    public const int LongestThroughTmux = 720 * 1024;

    private const string End = "\a";

    /// <summary>Writes the image. If it is cancelled or the file ends early, the open sequence is closed first.</summary>
    public static void Write(
        Stream file, string name, ImageCells cells, SequenceWriter terminal, bool throughTmux, CancellationToken cancellation)
    {
        var arguments = string.Format(
            CultureInfo.InvariantCulture,
            "name={0};size={1};width={2};height={3};inline=1",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(name)), file.Length, cells.Columns, cells.Rows);
        if (throughTmux && file.Length > LongestThroughTmux)
        {
            WriteParts(file, arguments, terminal, cancellation);
        }
        else
        {
            WriteWhole(file, arguments, terminal, cancellation);
        }
    }

    // Both methods always write the end of the sequence. A terminal that waits for it shows nothing else.

    private static void WriteWhole(Stream file, string arguments, SequenceWriter terminal, CancellationToken cancellation)
    {
        terminal.Open("\e]1337;File=" + arguments + ":");
        try
        {
            foreach (var block in Blocks(file, cancellation))
            {
                terminal.Payload(block.Span);
            }
        }
        finally
        {
            terminal.Close(End);
        }
    }

    private static void WriteParts(Stream file, string arguments, SequenceWriter terminal, CancellationToken cancellation)
    {
        terminal.Sequence("\e]1337;MultipartFile=" + arguments, End);
        try
        {
            foreach (var block in Blocks(file, cancellation))
            {
                terminal.Open("\e]1337;FilePart=");
                terminal.Payload(block.Span);
                terminal.Close(End);
            }
        }
        finally
        {
            terminal.Sequence("\e]1337;FileEnd", End);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(Stream file, CancellationToken cancellation)
    {
        var buffer = new byte[SequenceWriter.BlockLength];
        int length;
        while ((length = SequenceWriter.Fill(file, buffer, buffer.Length)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return buffer.AsMemory(0, length);
        }
    }
}
