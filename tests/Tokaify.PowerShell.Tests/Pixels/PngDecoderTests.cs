using System.Globalization;
using Tokaify.PowerShell;
using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Tests.Pixels;

public class PngDecoderTests
{
    /// <summary>All colour types and depths, straight and interlaced, with a transparent colour and without.</summary>
    public static TheoryData<int, int, bool, bool> Formats
    {
        get
        {
            var all = new TheoryData<int, int, bool, bool>();
            var depths = new Dictionary<int, int[]> { [0] = [1, 2, 4, 8, 16], [2] = [8, 16], [3] = [1, 2, 4, 8], [4] = [8, 16], [6] = [8, 16] };
            foreach (var (type, values) in depths)
            {
                foreach (var depth in values)
                {
                    foreach (var isInterlaced in new[] { false, true })
                    {
                        all.Add(type, depth, isInterlaced, false);
                        if (type is 0 or 2 or 3)
                        {
                            all.Add(type, depth, isInterlaced, true);
                        }
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Reads_every_pixel_of_every_format(int colourType, int depth, bool isInterlaced, bool hasTransparency)
    {
        // Widths and heights around the steps of the passes and the bits of a byte.
        foreach (var (width, height) in new[] { (1, 1), (2, 3), (5, 5), (8, 8), (9, 4), (33, 17) })
        {
            var maker = new PngMaker(colourType, depth, width, height, isInterlaced, hasTransparency);
            Assert.Equal(maker.Make() is var file ? maker.Pixels : [], Decoded(file).Pixels);
        }
    }

    [FoundFact("convert")]
    public async Task Reads_what_ImageMagick_reads_pixel_by_pixel()
    {
        using var folder = new TemporaryFolder();
        var paths = Formats.Select(row =>
        {
            var (type, depth, isInterlaced, hasTransparency) = ((int)row[0], (int)row[1], (bool)row[2], (bool)row[3]);
            var name = string.Create(CultureInfo.InvariantCulture, $"{type}-{depth}-{isInterlaced}-{hasTransparency}.png");
            return folder.Write(name, new PngMaker(type, depth, 33, 17, isInterlaced, hasTransparency).Make());
        }).Concat(TestImages.All.Where(path => path.EndsWith(".png", StringComparison.Ordinal) && !IsBroken(path)));
        foreach (var path in paths)
        {
            var raw = folder.File("raw");
            // With all bits, because for eight bits it truncates instead of rounding.
            var run = await Programs.RunAsync(Programs.Start(FoundFactAttribute.Find("convert")!, path, "-depth", "16", "-endian", "MSB", "rgba:" + raw));
            Assert.True(run.ExitCode == 0, run.Errors);
            var samples = File.ReadAllBytes(raw);
            var read = Enumerable.Range(0, samples.Length / 2).Select(at => (byte)Math.Round(((samples[2 * at] << 8) | samples[(2 * at) + 1]) / 257.0));
            Assert.True(read.SequenceEqual(Decoded(File.ReadAllBytes(path)).Pixels), path);
        }
    }

    [Fact]
    public void Recognizes_each_cut_as_damage()
    {
        var file = new PngMaker(3, 4, 9, 7, hasTransparency: true).Make();
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Decoded(file.AsSpan(0, length).ToArray()));
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void Recognizes_each_changed_byte_as_damage(int change)
    {
        var file = new PngMaker(6, 8, 5, 4, isInterlaced: true).Make();
        for (var at = 0; at < file.Length; at++)
        {
            var damaged = (byte[])file.Clone();
            damaged[at] ^= (byte)change;
            Assert.Throws<InvalidDataException>(() => Decoded(damaged));
        }
    }

    [Fact]
    public void Reports_the_systems_error_for_a_file_that_cannot_be_read()
    {
        var file = new PngMaker(6, 8, 5, 4).Make();
        for (var length = 0; length < file.Length; length++)
        {
            using var broken = new BrokenFile(file.AsSpan(0, length).ToArray());
            Assert.Same(broken.Error, Assert.Throws<IOException>(() => PngDecoder.Decode(broken, new PixelKeeper(), default)));
        }
    }

    [Theory]
    // Colour types and depths that do not go together, no pixels, too many, another interlacing.
    [InlineData(1, 8, 8, 5, 0)]
    [InlineData(8, 8, 4, 2, 0)]
    [InlineData(8, 8, 16, 3, 0)]
    [InlineData(8, 8, 8, 7, 0)]
    [InlineData(0, 8, 8, 0, 0)]
    [InlineData(8, 0, 8, 0, 0)]
    [InlineData(65536, 1, 8, 0, 0)]
    [InlineData(1, 65536, 8, 0, 0)]
    [InlineData(60000, 60000, 8, 0, 0)]
    [InlineData(-1, -1, 16, 6, 0)]
    [InlineData(8, 8, 8, 0, 2)]
    public void Refuses_a_header_before_it_takes_memory(int width, int height, int depth, int colourType, int interlace)
    {
        var file = new List<byte> { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };
        byte[] Word(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        PngMaker.Chunk(file, "IHDR", [.. Word(width), .. Word(height), (byte)depth, (byte)colourType, 0, 0, (byte)interlace]);
        var pixels = new PixelKeeper();
        Assert.Throws<InvalidDataException>(() => PngDecoder.Decode(new MemoryStream([.. file]), pixels, default));
        Assert.Equal(0, pixels.Width);
    }

    [Fact]
    public void Takes_the_same_memory_for_a_large_image_as_for_a_small_one()
    {
        var file = new PngMaker(6, 8, 3000, 3000) { IsEmpty = true }.Make();
        var target = new Nowhere();
        PngDecoder.Decode(new MemoryStream(file), target, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        PngDecoder.Decode(new MemoryStream(file), target, default);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.Equal(2 * 3000, target.Rows);
    }

    [Fact]
    public void Ends_between_two_rows_when_it_is_cancelled()
    {
        using var stopping = new CancellationTokenSource();
        var target = new Nowhere { OnRow = stopping.Cancel };
        Assert.Throws<OperationCanceledException>(
            () => PngDecoder.Decode(new MemoryStream(new PngMaker(0, 8, 9, 9).Make()), target, stopping.Token));
        Assert.Equal(1, target.Rows);
    }

    private static bool IsBroken(string path) => Path.GetFileName(path) is "empty.png" or "truncated.png";

    private static PixelKeeper Decoded(byte[] file)
    {
        var pixels = new PixelKeeper();
        PngDecoder.Decode(new MemoryStream(file), pixels, default);
        return pixels;
    }

    /// <summary>Keeps all pixels, and checks that each is passed once.</summary>
    private sealed class PixelKeeper : IPixelSink
    {
        private bool[] _isThere = [];

        public int Width { get; private set; }

        public byte[] Pixels { get; private set; } = [];

        public void Begin(int width, int height)
        {
            Width = width;
            Pixels = new byte[4 * width * height];
            _isThere = new bool[width * height];
        }

        public void Take(int y, int x, int step, ReadOnlySpan<byte> rgba)
        {
            for (var at = 0; at < rgba.Length; at += 4, x += step)
            {
                Assert.True(x < Width && !_isThere[(y * Width) + x]);
                _isThere[(y * Width) + x] = true;
                rgba.Slice(at, 4).CopyTo(Pixels.AsSpan(4 * ((y * Width) + x)));
            }
        }
    }

    /// <summary>A file with read errors.</summary>
    private sealed class BrokenFile(byte[] start) : MemoryStream(start)
    {
        public IOException Error { get; } = new("The device has gone.");

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is > 0 and var read ? read : throw Error;
    }

    private sealed class Nowhere : IPixelSink
    {
        public int Rows { get; private set; }

        public Action? OnRow { get; init; }

        public void Begin(int width, int height)
        {
        }

        public void Take(int y, int x, int step, ReadOnlySpan<byte> rgba)
        {
            Rows++;
            OnRow?.Invoke();
        }
    }
}
