using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests.Terminal;

public class TerminalImageTests
{
    private static readonly ImageTerminal s_kitty = Terminal("TERM=xterm-kitty");
    private static readonly ImageTerminal s_iterm2 = Terminal("TERM_PROGRAM=iTerm.app");
    private static readonly ImageCells s_cells = new(30, 12, IsExact: true);

    // Around the ends of Base64's groups and of the encoder's blocks.
    public static TheoryData<int> Lengths => [0, 1, 2, 3, 3071, 3072, 3073, 6144, 49151, 49152, 49153, 1_500_000];

    [Fact]
    public void Draws_for_kitty_byte_by_byte_as_specified()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("dot.png", [1, 2, 3, 4]);
        Assert.Equal(
            "\n\n\n\e7\e[2A\r\e_Ga=T,f=100,q=2,C=1,r=2,c=5,m=0;AQIDBA==\e\\\e8",
            Drawn(s_kitty, path, new ImageCells(5, 2, IsExact: true)));
        Assert.Equal(
            "\n\n\n\e7\e[2A\r\e_Ga=T,f=100,q=2,C=1,r=2,m=0;AQIDBA==\e\\\e8",
            Drawn(s_kitty, path, new ImageCells(5, 2, IsExact: false)));
    }

    [Fact]
    public void Draws_for_iTerm2_byte_by_byte_as_specified()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(
            "\n\n\n\e7\e[2A\r\e]1337;File=name=w6l0w6kucG5n;size=4;width=5;height=2;inline=1:AQIDBA==\a\e8",
            Drawn(s_iterm2, folder.Write("été.png", [1, 2, 3, 4]), new ImageCells(5, 2, IsExact: true)));
    }

    [Fact]
    public void Draws_through_tmux_byte_by_byte_as_specified()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("dot.png", [1, 2, 3, 4]);
        var cells = new ImageCells(5, 2, IsExact: false);
        Assert.Equal(
            "\n\n\n\e7\e[2A\r\ePtmux;\e\e_Ga=T,f=100,q=2,C=1,r=2,m=0;AQIDBA==\e\e\\\e\\\e8",
            Drawn(Terminal("TMUX=/tmp/tmux").With(TerminalProtocol.Kitty), path, cells));
        Assert.Equal(
            "\n\n\n\e7\e[2A\r\ePtmux;\e\e]1337;File=name=ZG90LnBuZw==;size=4;width=5;height=2;inline=1:AQIDBA==\a\e\\\e8",
            Drawn(Terminal("TMUX=/tmp/tmux").With(TerminalProtocol.ITerm2), path, cells));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_terminal_gets_the_files_bytes_by_either_protocol_for_any_length(int length)
    {
        using var folder = new TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(length);
        var path = folder.Write("a.png", bytes);
        foreach (var terminal in new[] { s_kitty, s_iterm2 })
        {
            var reader = Read(terminal, path);
            var drawn = Assert.Single(reader.Pictures);
            Assert.Equal(bytes, drawn.Bytes);
            Assert.False(reader.IsWaiting);
            Assert.Equal("\n\n\n\n\n\n\n\n\n\n\n\n\n\e7\e[12A\r\e8", reader.Text);
        }

        Assert.Equal(length.ToString(CultureInfo.InvariantCulture), Read(s_iterm2, path).Pictures[0].Keys["size"]);
    }

    [Theory]
    [InlineData(720 * 1024, 1)]
    [InlineData((720 * 1024) + 1, 2 + 16)]
    [InlineData(3_000_000, 2 + 62)]
    public void Through_tmux_no_sequence_is_longer_than_tmux_accepts(int length, int sequences)
    {
        using var folder = new TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(length);
        var path = folder.Write(new string('n', 240) + ".png", bytes);
        var reader = Read(Terminal("TMUX=x").With(TerminalProtocol.ITerm2), path);
        var drawn = Assert.Single(reader.Pictures);
        Assert.Equal(bytes, drawn.Bytes);
        Assert.Equal(sequences, drawn.Sequences);
        Assert.InRange(reader.Longest, 1, 1_048_576);
        Assert.Equal(bytes, Assert.Single(Read(Terminal("TMUX=x").With(TerminalProtocol.Kitty), path).Pictures).Bytes);
    }

    [Fact]
    public void Real_images_are_drawn_unchanged()
    {
        foreach (var path in TestImages.All)
        {
            Assert.Equal(File.ReadAllBytes(path), Assert.Single(Read(s_iterm2, path).Pictures).Bytes);
        }

        Assert.Equal(TestImages.Bytes("16bit.png"), Assert.Single(Read(s_kitty, TestImages.Path("16bit.png")).Pictures).Bytes);
    }

    [Theory]
    [InlineData(TerminalProtocol.Kitty, false)]
    [InlineData(TerminalProtocol.ITerm2, false)]
    [InlineData(TerminalProtocol.ITerm2, true)]
    public void Leaves_the_terminal_in_a_valid_state_if_it_is_stopped(TerminalProtocol protocol, bool throughTmux)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.png", new byte[2_000_000]);
        using var stopping = new CancellationTokenSource();
        using var output = new StoppedStream(100_000, stopping);
        var terminal = Terminal(throughTmux ? "TMUX=x" : "TERM=x").With(protocol);
        Assert.Throws<OperationCanceledException>(
            () => new TerminalCanvas(terminal, output, _ => { }).Draw(path, s_cells, stopping.Token));
        var reader = TerminalReader.Read(output.ToArray());
        Assert.False(reader.IsWaiting);
        Assert.InRange(Assert.Single(reader.Pictures).Bytes.Length, 1, 1_000_000);
        Assert.EndsWith("\e8", reader.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_same_memory_for_a_large_image_as_for_a_small_one()
    {
        using var folder = new TemporaryFolder();
        var small = folder.Write("small.png", new byte[60_000]);
        var large = folder.Write("large.png", new byte[60_000_000]);
        foreach (var terminal in new[] { s_kitty, s_iterm2 })
        {
            Allocated(terminal, small);
            Assert.InRange(Allocated(terminal, large), 0, 4_000_000);
        }
    }

    [Theory]
    [InlineData("TERM=xterm-kitty KITTY_WINDOW_ID=1", "kitty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color KITTY_WINDOW_ID=1", "kitty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-ghostty TERM_PROGRAM=ghostty", "Ghostty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=ghostty", "Ghostty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=iTerm.app LC_TERMINAL=iTerm2", "iTerm2", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-256color LC_TERMINAL=iTerm2", "iTerm2", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=WezTerm", "WezTerm", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-256color KONSOLE_VERSION=221203", "Konsole", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=mintty", "mintty", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=vscode KITTY_WINDOW_ID=1", "Visual Studio Code", TerminalProtocol.ITerm2)]
    [InlineData("TERM=xterm-kitty TERM_PROGRAM=WezTerm", "kitty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color", "xterm-256color", null)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", "Apple_Terminal", null)]
    [InlineData("", "unknown", null)]
    [InlineData("WT_SESSION=1", "Windows Terminal", null)]
    [InlineData("TERM=tmux-256color TERM_PROGRAM=tmux TMUX=x KITTY_WINDOW_ID=1", "tmux", null)]
    [InlineData("TERM=screen STY=1 LC_TERMINAL=iTerm2", "screen", null)]
    public void Recognizes_terminals_by_their_environment(string environment, string name, TerminalProtocol? protocol)
    {
        var terminal = Terminal(environment);
        Assert.Equal(name, terminal.Name);
        Assert.Equal(protocol, terminal.Protocol);
    }

    [Theory]
    [InlineData("TERM=xterm-256color", "\e[?62;4c", TerminalProtocol.Sixel, 256)]
    [InlineData("TERM=xterm-256color", "\e[?1;0;16S\e[?62;4c", TerminalProtocol.Sixel, 16)]
    [InlineData("TMUX=x", "\e[?1;2;4c", TerminalProtocol.Sixel, 256)]
    [InlineData("TERM=xterm-256color", "\e[?1;2c", TerminalProtocol.Blocks, 256)]
    [InlineData("WT_SESSION=1", "", TerminalProtocol.Blocks, 256)]
    [InlineData("TERM=xterm-kitty", "\e[?62;4c", TerminalProtocol.Kitty, 256)]
    public void Draws_by_the_protocol_that_a_terminal_reports_and_half_blocks_if_it_reports_none(
        string environment, string responses, TerminalProtocol protocol, int colours)
    {
        var terminal = Terminal(environment).With(TerminalResponses.Read(responses));
        Assert.Equal((protocol, colours), (terminal.Protocol, terminal.Colours));
        Assert.Equal([ImageFormat.Png], terminal.Formats);
    }

    [Theory]
    [InlineData("TERM=xterm-256color", true)]
    [InlineData("TMUX=x", true)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", false)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal COLORTERM=truecolor", true)]
    [InlineData("TERM=linux", false)]
    [InlineData("TERM=screen STY=1", false)]
    [InlineData("TERM=screen STY=1 COLORTERM=truecolor", true)]
    public void Recognizes_terminals_that_have_only_256_colours(string environment, bool hasAllColours) =>
        Assert.Equal(hasAllColours, Terminal(environment).HasAllColours);

    [Fact]
    public void Uses_the_protocol_that_the_user_chooses()
    {
        Assert.Equal([ImageFormat.Png], s_iterm2.With(TerminalProtocol.Blocks).Formats);
        Assert.Equal(TerminalProtocol.Kitty, s_iterm2.With(TerminalProtocol.Kitty).Protocol);
        Assert.Equal([ImageFormat.Png], s_iterm2.With(TerminalProtocol.Kitty).Formats);
        Assert.Contains(ImageFormat.Webp, s_kitty.With(TerminalProtocol.ITerm2).Formats);
        Assert.Same(s_kitty, s_kitty.With(TerminalProtocol.Auto));
    }

    [Theory]
    // A known cell: fitted into the window, and not enlarged.
    [InlineData("1024x1024", "100x36 9x20", null, null, 76, 34)]
    [InlineData("640x480", "100x36 9x20", null, null, 71, 24)]
    [InlineData("64x64", "100x36 9x20", null, null, 9, 4)]
    [InlineData("4096x1024", "100x36 9x20", null, null, 98, 11)]
    [InlineData("768x1344", "100x36 9x20", null, null, 43, 34)]
    // The requested size, limited by the window.
    [InlineData("64x64", "100x36 9x20", 40, null, 40, 18)]
    [InlineData("64x64", "100x36 9x20", null, 10, 22, 10)]
    [InlineData("1024x1024", "100x36 9x20", null, 500, 76, 34)]
    [InlineData("1024x1024", "100x36 9x20", 20, 2, 4, 2)]
    [InlineData("4096x64", "100x36 9x20", 50, null, 50, 1)]
    // An unknown cell.
    [InlineData("1024x1024", "100x36", null, null, 68, 34)]
    [InlineData("4096x1024", "100x36", null, null, 80, 10)]
    [InlineData("0x0", "100x36", null, 8, 16, 8)]
    [InlineData("1024x1024", "0x0", null, null, 1, 1)]
    public void Fits_an_image_into_the_window(string image, string window, int? columns, int? rows, int expectedColumns, int expectedRows)
    {
        var parts = window.Split(' ');
        var cells = Size(parts[0]);
        var cell = parts.Length > 1 ? Size(parts[1]) : (PixelSize?)null;
        var fit = ImageCells.Fit(Size(image), new TerminalWindow(cells.Width, cells.Height, cell), columns, rows);
        Assert.Equal((expectedColumns, expectedRows), (fit.Columns, fit.Rows));
        Assert.Equal(cell is not null, fit.IsExact);
    }

    private static PixelSize Size(string text)
    {
        var numbers = text.Split('x').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
        return new PixelSize(numbers[0], numbers[1]);
    }

    private static ImageTerminal Terminal(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return ImageTerminal.Detect(name => variables.GetValueOrDefault(name));
    }

    private static TerminalReader Read(ImageTerminal terminal, string path) =>
        TerminalReader.Read(Encoding.Latin1.GetBytes(Drawn(terminal, path, s_cells)));

    private static string Drawn(ImageTerminal terminal, string path, ImageCells cells)
    {
        using var output = new MemoryStream();
        new TerminalCanvas(terminal, output, rows => output.Write(Encoding.ASCII.GetBytes(new string('\n', rows))))
            .Draw(path, cells, default);
        Assert.True(output.CanWrite);
        return Encoding.Latin1.GetString(output.ToArray());
    }

    private static long Allocated(ImageTerminal terminal, string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        new TerminalCanvas(terminal, Stream.Null, _ => { }).Draw(path, s_cells, default);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Keeps the written bytes, and stops the writer after a number of bytes.</summary>
    private sealed class StoppedStream(int after, CancellationTokenSource stopping) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            if (Length > after)
            {
                stopping.Cancel();
            }
        }
    }
}
