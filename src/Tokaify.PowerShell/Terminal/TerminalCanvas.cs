using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Draws images in a terminal.</summary>
/// <param name="terminal">What stands there.</param>
/// <param name="output">What leads to it.</param>
/// <param name="makeRoom">Writes that many line ends as the host writes anything, so that the host knows of them.</param>
/// <remarks>
/// The room is made first and by the host, which may have a progress bar at hand that it takes away and puts below. Then
/// the cursor goes up, the image is drawn, and the cursor returns to where the host believes it to be. The first line end ends
/// a line that something else may have begun.
/// </remarks>
internal sealed class TerminalCanvas(ImageTerminal terminal, Stream output, Action<int> makeRoom)
{
    /// <summary>Draws an image.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="cells">The room it takes.</param>
    /// <param name="cancellation">Stops it; the terminal is left in order.</param>
    public void Draw(string path, ImageCells cells, CancellationToken cancellation)
    {
        using var file = RegularFile.OpenRead(path);
        // First: a damaged file draws nothing.
        var pixels = terminal.IsOfPixels ? Scale(file, cells, cancellation) : null;
        makeRoom(cells.Rows + 1);
        var encoding = pixels is null ? null : UseUtf8();
        // Not disposed of: that would close the output.
        var buffered = new BufferedStream(output, SequenceWriter.BlockLength);
        // tmux answers this query itself and does not pass it on.
        var writer = new SequenceWriter(buffered, terminal.IsInsideTmux && pixels is null);
        // DECSC, CUU; DECRC.
        writer.Text(string.Format(CultureInfo.InvariantCulture, "\e7\e[{0}A\r", cells.Rows));
        try
        {
            switch (terminal.Protocol)
            {
                case TerminalProtocol.Kitty:
                    KittyEncoding.Write(file, cells, writer, cancellation);
                    break;
                case TerminalProtocol.Sixel:
                    SixelEncoding.Write(pixels!, terminal.Colours, writer, cancellation);
                    break;
                case TerminalProtocol.Blocks:
                    BlockEncoding.Write(pixels!, terminal.HasAllColours, writer, cancellation);
                    break;
                default:
                    ITerm2Encoding.Write(file, Path.GetFileName(path), cells, writer, terminal.IsInsideTmux, cancellation);
                    break;
            }
        }
        finally
        {
            // The colours as well: a row may have been broken off.
            writer.Text(terminal.Protocol == TerminalProtocol.Blocks ? "\e[0m\e8" : "\e8");
            buffered.Flush();
            if (encoding is not null)
            {
                Console.OutputEncoding = encoding;
            }
        }
    }

    /// <summary>The image's pixels that a cell shows: of text, two.</summary>
    public static PixelSize DotsOf(TerminalProtocol? protocol, PixelSize cell) => protocol == TerminalProtocol.Blocks ? new(1, 2) : cell;

    private Pixmap Scale(FileStream file, ImageCells cells, CancellationToken cancellation)
    {
        var scaler = new AreaScaler(size => cells.Scaled(size, DotsOf(terminal.Protocol, cells.Cell)));
        PngDecoder.Decode(file, scaler, cancellation);
        return scaler.ToPixmap();
    }

    // Windows takes the bytes for the console's code page, which mostly has no blocks. Gives what there was before; null for no change.
    private static Encoding? UseUtf8()
    {
        var before = Console.OutputEncoding;
        if (Path.DirectorySeparatorChar != '\\' || before.CodePage == Encoding.UTF8.CodePage)
        {
            return null;
        }

        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return before;
    }
}
