using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Draws images in a terminal.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="output">The output stream to the terminal.</param>
/// <param name="makeRoom">Writes a number of line ends through the host, so that the host knows about them.</param>
/// <remarks>
/// First, the host writes empty lines: it may have to move a progress bar below them. Then the cursor moves up, the image is drawn, and the
/// cursor returns to the place that the host expects. The first line end finishes a line that other output may have begun.
/// </remarks>
internal sealed class TerminalCanvas(ImageTerminal terminal, Stream output, Action<int> makeRoom)
{
    /// <summary>Draws an image.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="cells">The cells for the image.</param>
    /// <param name="cancellation">Stops drawing; open sequences are closed.</param>
    public void Draw(string path, ImageCells cells, CancellationToken cancellation)
    {
        using var file = RegularFile.OpenRead(path);
        // Decoded before the first output, so that a damaged file draws nothing.
        var pixels = terminal.IsOfPixels ? Scale(file, cells, cancellation) : null;
        makeRoom(cells.Rows + 1);
        var encoding = pixels is null ? null : UseUtf8();
        // The stream is not disposed of, because that would close the output.
        var buffered = new BufferedStream(output, SequenceWriter.BlockLength);
        // tmux handles Sixel and text itself, so only file protocols are wrapped.
        var writer = new SequenceWriter(buffered, terminal.IsInsideTmux && pixels is null);
        // Saves the cursor (DECSC) and moves it up (CUU). DECRC restores it at the end.
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
            // Resets the colours as well, because a row may be incomplete.
            writer.Text(terminal.Protocol == TerminalProtocol.Blocks ? "\e[0m\e8" : "\e8");
            buffered.Flush();
            if (encoding is not null)
            {
                Console.OutputEncoding = encoding;
            }
        }
    }

    /// <summary>The number of image pixels that a cell shows; with text, two.</summary>
    public static PixelSize DotsOf(TerminalProtocol? protocol, PixelSize cell) => protocol == TerminalProtocol.Blocks ? new(1, 2) : cell;

    private Pixmap Scale(FileStream file, ImageCells cells, CancellationToken cancellation)
    {
        var scaler = new AreaScaler(size => cells.Scaled(size, DotsOf(terminal.Protocol, cells.Cell)));
        PngDecoder.Decode(file, scaler, cancellation);
        return scaler.ToPixmap();
    }

    // Windows interprets the bytes in the console's code page, which usually has no block characters. Returns the earlier encoding; null if
    // it was not changed.
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
