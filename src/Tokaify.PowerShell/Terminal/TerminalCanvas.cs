using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Draws pictures in a terminal.</summary>
/// <param name="terminal">What stands there.</param>
/// <param name="output">What leads to it.</param>
/// <param name="makeRoom">Writes that many line ends as the host writes anything, so that the host knows of them.</param>
/// <remarks>
/// The room is made first and by the host, which may have a progress bar at hand that it takes away and puts below. Then
/// the cursor goes up, the picture is drawn, and the cursor returns to where the host believes it to be. The first line end ends
/// a line that something else may have begun.
/// </remarks>
internal sealed class TerminalCanvas(PictureTerminal terminal, Stream output, Action<int> makeRoom)
{
    /// <summary>Draws a picture.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="cells">The room it takes.</param>
    /// <param name="cancellation">Stops it; the terminal is left in order.</param>
    public void Draw(string path, PictureCells cells, CancellationToken cancellation)
    {
        using var file = RegularFile.OpenRead(path);
        makeRoom(cells.Rows + 1);
        // Not disposed of: that would close the output.
        var buffered = new BufferedStream(output, SequenceWriter.BlockLength);
        var writer = new SequenceWriter(buffered, terminal.IsInsideTmux);
        // DECSC, CUU; DECRC.
        writer.Text(string.Format(CultureInfo.InvariantCulture, "\e7\e[{0}A\r", cells.Rows));
        try
        {
            if (terminal.Protocol == TerminalProtocol.Kitty)
            {
                KittyEncoding.Write(file, cells, writer, cancellation);
            }
            else
            {
                ITerm2Encoding.Write(file, Path.GetFileName(path), cells, writer, terminal.IsInsideTmux, cancellation);
            }
        }
        finally
        {
            writer.Text("\e8");
            buffered.Flush();
        }
    }
}
