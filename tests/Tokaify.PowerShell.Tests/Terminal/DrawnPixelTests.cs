using System.Text;
using Tokaify.PowerShell;
using Tokaify.Tests.Network;
using Tokaify.Tests.Pixels;
using Xunit;

namespace Tokaify.Tests.Terminal;

public class DrawnPixelTests
{
    private const int Red = 0xFF0000, Green = 0x00FF00, Blue = 0x0000FF, White = 0xFFFFFF;

    [Fact]
    public void Draws_half_blocks_byte_by_byte_as_specified()
    {
        Assert.Equal(
            "\e[38;2;255;0;0m\e[48;2;0;0;255m\u2580\e[48;2;0;255;0m\u2580\e[0m\e[1B\r",
            Blocks(Image(2, Red, Red, Blue, Green)));
    }

    [Fact]
    public void Keeps_the_terminals_background_if_half_a_block_is_transparent()
    {
        Assert.Equal(
            "\e[38;2;255;0;0m\e[48;2;0;0;255m\u2580\e[49m\u2580\e[38;2;0;255;0m\u2584 \e[0m\e[1B\r",
            Blocks(Image(4, Red, Red, null, null, Blue, null, Green, null)));
    }

    [Fact]
    public void Draws_the_last_of_an_odd_number_of_rows_as_upper_halves()
    {
        Assert.Equal(
            "\e[38;2;255;0;0m\e[48;2;255;0;0m\u2580\e[0m\e[1B\r\e[38;2;0;0;255m\u2580\e[0m\e[1B\r",
            Blocks(Image(1, Red, Red, Blue)));
    }

    [Theory]
    [InlineData(0x000000, 16)]
    [InlineData(White, 231)]
    [InlineData(Red, 196)]
    [InlineData(0x5F87AF, 67)]
    [InlineData(0x808080, 244)]
    public void Uses_the_nearest_of_256_colours_if_a_terminal_has_no_more(int colour, int index)
    {
        Assert.Equal($"\e[38;5;{index}m\u2580\e[0m\e[1B\r", Blocks(Image(1, colour), hasAllColours: false));
    }

    [Fact]
    public void Draws_Sixel_byte_by_byte_as_specified()
    {
        // Seven rows of four: a run, a single column, and a second band.
        var colours = Enumerable.Repeat<int?>(Red, 4 * 6).Concat([Blue, null, Blue, Blue]).ToArray();
        colours[3] = Blue;
        var drawn = Sixel(Image(4, colours));
        Assert.Equal("\eP0;1q\"1;1;4;7", drawn[..drawn.IndexOf('#', StringComparison.Ordinal)]);
        Assert.EndsWith("-\e\\", drawn, StringComparison.Ordinal);
        Assert.Contains("~~~}", drawn, StringComparison.Ordinal);
        Assert.Contains("???@", drawn, StringComparison.Ordinal);
        Assert.Contains("@?@@-", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_a_run_of_Sixel_as_a_number()
    {
        Assert.Equal("\eP0;1q\"1;1;300;1#0;2;100;0;0#0!300@-\e\\", Sixel(Image(300, [.. Enumerable.Repeat<int?>(Red, 300)])));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(16, 16)]
    [InlineData(256, 256)]
    public void Draws_each_opaque_pixel_once_in_Sixel_within_the_number_of_colours(int most, int expected)
    {
        var image = Photograph();
        var seen = SixelReader.Read(Sixel(image, most));
        Assert.Equal((image.Width, image.Height), (seen.Width, seen.Height));
        Assert.Equal(expected, seen.Registers);
        foreach (var (x, y) in Places(image))
        {
            Assert.Equal(image[x, y] is not null, seen.Pixels.ContainsKey((x, y)));
        }
    }

    [Fact]
    public void Keeps_the_colours_of_an_image_in_Sixel()
    {
        var image = Photograph();
        var seen = SixelReader.Read(Sixel(image));
        // The average of each eight by eight pixels is the visible colour.
        for (var top = 0; top + 8 <= image.Height; top += 8)
        {
            for (var left = 0; left + 8 <= image.Width; left += 8)
            {
                var places = (from y in Enumerable.Range(top, 8) from x in Enumerable.Range(left, 8) select (x, y)).ToList();
                Assert.Equal(places.Average(at => image[at.x, at.y]!.Value >> 16), places.Average(at => seen.Pixels[at].Red * 2.55), 6.0);
                Assert.Equal(places.Average(at => image[at.x, at.y]!.Value & 0xFF), places.Average(at => seen.Pixels[at].Blue * 2.55), 6.0);
            }
        }
    }

    [Fact]
    public void Draws_an_image_without_an_opaque_pixel()
    {
        var seen = SixelReader.Read(Sixel(Image(2, null, null, null, null)));
        Assert.Equal((2, 2, 0), (seen.Width, seen.Height, seen.Pixels.Count));
        Assert.Equal("  \e[0m\e[1B\r", Blocks(Image(2, null, null, null, null)));
    }

    // ImageMagick's Sixel reader cannot be used: up to 6.9.11 it reads all colours as black, also in its own files.
    [FoundFact("sixel2png")]
    public async Task Libsixel_reads_the_Sixel_that_is_drawn()
    {
        using var folder = new TemporaryFolder();
        var image = Photograph();
        var sixel = Sixel(image);
        var path = folder.Write("image.sixel", Encoding.ASCII.GetBytes(sixel));
        var run = await Programs.RunAsync(Programs.Start("sixel2png", "-i", path, "-o", folder.File("image.png")));
        Assert.True(run.ExitCode == 0, run.Errors);
        var scaler = new AreaScaler(size => size);
        PngDecoder.Decode(new MemoryStream(File.ReadAllBytes(folder.File("image.png"))), scaler, default);
        var read = scaler.ToPixmap();
        var expected = SixelReader.Read(sixel).Pixels;
        Assert.Equal(image.Width, read.Width);
        foreach (var (x, y) in Places(image))
        {
            var colour = read[x, y]!.Value;
            Assert.Equal(expected[(x, y)].Red * 2.55, colour >> 16, 1.5);
            Assert.Equal(expected[(x, y)].Green * 2.55, (colour >> 8) & 0xFF, 1.5);
            Assert.Equal(expected[(x, y)].Blue * 2.55, colour & 0xFF, 1.5);
        }
    }

    [Theory]
    [InlineData(TerminalProtocol.Sixel, "\eP", "\e\\\e8")]
    [InlineData(TerminalProtocol.Blocks, "\e[38;2;", "\e[0m\e[1B\r\e[0m\e8")]
    public void Draws_a_file_in_the_space_that_was_made_and_does_not_wrap_it_for_tmux(TerminalProtocol protocol, string start, string end)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.png", new PngMaker(2, 8, 20, 20).Make());
        var drawn = Drawn(protocol, path, default);
        Assert.StartsWith("\n\n\n\e7\e[2A\r" + start, drawn, StringComparison.Ordinal);
        Assert.EndsWith(end, drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("tmux", drawn, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TerminalProtocol.Sixel)]
    [InlineData(TerminalProtocol.Blocks)]
    public void Draws_nothing_of_a_damaged_file(TerminalProtocol protocol)
    {
        using var folder = new TemporaryFolder();
        var bytes = new PngMaker(2, 8, 20, 20).Make();
        var path = folder.Write("a.png", bytes.AsSpan(0, bytes.Length - 20).ToArray());
        Assert.Throws<InvalidDataException>(() => Drawn(protocol, path, default));
    }

    [Theory]
    [InlineData("\e[?62;4;22c", true, 256, null)]
    [InlineData("\e[6;20;10t\e[?1;0;1024S\e[?61;6;7;4c", true, 256, "10x20")]
    [InlineData("\e[6;17;8t\e[?1;0;16S\e[?63;1;2;4;6c", true, 16, "8x17")]
    [InlineData("\e[?1;3;0S\e[?4c", false, 256, null)]
    [InlineData("\e[?1;2c", false, 256, null)]
    [InlineData("\e[?64;14;41c", false, 256, null)]
    [InlineData("\e[6;0;0t\e[?62;4c", true, 256, null)]
    [InlineData("", false, 256, null)]
    [InlineData("typed", false, 256, null)]
    // As .NET returns it if it reads ESC as Alt, and with text that was typed before.
    [InlineData("ls[?62;4c", true, 256, null)]
    public void Reads_the_responses_of_a_terminal(string text, bool hasSixel, int colours, string? cell)
    {
        var responses = TerminalResponses.Read(text);
        Assert.Equal((hasSixel, colours), (responses.HasSixel, responses.Colours));
        Assert.Equal(cell, responses.Cell is { } size ? $"{size.Width}x{size.Height}" : null);
    }

    [Theory]
    [InlineData("\e[?62;4", false)]
    [InlineData("\e[6;20;10t\e[?1;0;256S", false)]
    [InlineData("\e[?62;4c", true)]
    public void Recognizes_the_last_response(string text, bool isComplete) =>
        Assert.Equal(isComplete, TerminalResponses.IsComplete(text));

    [Theory]
    // Cells of 9 by 20: Sixel fills them within the aspect ratio, and a block has one by two pixels.
    [InlineData(1024, 1024, 76, 34, 680, 680, 76, 68)]
    [InlineData(640, 480, 71, 24, 612, 459, 68, 46)]
    [InlineData(4096, 64, 50, 1, 450, 7, 50, 1)]
    [InlineData(1, 4096, 1, 34, 1, 680, 1, 68)]
    public void Scales_an_image_into_its_cells(
        int width, int height, int columns, int rows, int sixelWidth, int sixelHeight, int blockWidth, int blockHeight)
    {
        var image = new PixelSize(width, height);
        var window = new TerminalWindow(100, 36, new PixelSize(9, 20));
        var cells = ImageCells.Fit(image, window, columns, rows);
        Assert.Equal(new PixelSize(sixelWidth, sixelHeight), cells.Scaled(image, cells.Cell));
        Assert.Equal(new PixelSize(blockWidth, blockHeight), cells.Scaled(image, new PixelSize(1, 2)));
    }

    [Fact]
    public void Sizes_an_image_that_is_drawn_as_half_blocks()
    {
        var cells = ImageCells.Fit(new PixelSize(64, 64), new TerminalWindow(100, 50, new PixelSize(10, 20)), dots: 2);
        Assert.Equal((64, 32), (cells.Columns, cells.Rows));
    }

    private static Pixmap Image(int width, params int?[] colours) => new(
        width,
        colours.Length / width,
        [.. colours.SelectMany(colour => colour is { } value
            ? new[] { (byte)(value >> 16), (byte)(value >> 8), (byte)value, byte.MaxValue }
            : [0, 0, 0, 0])]);

    private static Pixmap Photograph()
    {
        var scaler = new AreaScaler(_ => new PixelSize(96, 64));
        PngDecoder.Decode(new MemoryStream(TestImages.Bytes("plain.png")), scaler, default);
        return scaler.ToPixmap();
    }

    private static IEnumerable<(int X, int Y)> Places(Pixmap image) =>
        from y in Enumerable.Range(0, image.Height) from x in Enumerable.Range(0, image.Width) select (x, y);

    private static string Blocks(Pixmap image, bool hasAllColours = true) =>
        Written(writer => BlockEncoding.Write(image, hasAllColours, writer, default));

    private static string Sixel(Pixmap image, int colours = 256) => Written(writer => SixelEncoding.Write(image, colours, writer, default));

    private static string Written(Action<SequenceWriter> write)
    {
        using var output = new MemoryStream();
        write(new SequenceWriter(output, throughTmux: false));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Drawn(TerminalProtocol protocol, string path, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var terminal = ImageTerminal.Detect(name => name == "TMUX" ? "x" : null).With(protocol);
        new TerminalCanvas(terminal, output, rows => output.Write(Encoding.ASCII.GetBytes(new string('\n', rows)), 0, rows))
            .Draw(path, new ImageCells(4, 2, IsExact: true), cancellation);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
