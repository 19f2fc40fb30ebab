using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Images;

public class ImageHeaderTests
{
    private const int MostBytesRead = 1024 * 1024;

    public static TheoryData<string, ImageFormat> FormatsByBytes => new()
    {
        { "plain.png", ImageFormat.Png },
        { "interlaced.png", ImageFormat.Png },
        { "baseline.jpg", ImageFormat.Jpeg },
        { "exif-thumbnail.jpg", ImageFormat.Jpeg },
        { "lossy.webp", ImageFormat.Webp },
        { "alpha.webp", ImageFormat.Webp },
        { "plain.heic", ImageFormat.Heic },
        { "10bit.heic", ImageFormat.Heic },
        { "truncated.heic", ImageFormat.Heic },
        { "structural.heif", ImageFormat.Heif },
        { "grid.heif", ImageFormat.Heif },
    };

    [Theory]
    [MemberData(nameof(FormatsByBytes))]
    public void Recognizes_an_image_by_its_bytes(string name, ImageFormat format) =>
        Assert.Equal(format, ImageHeader.DetectFormat(Start(TestImages.Bytes(name))));

    [Theory]
    [InlineData("still.avif")]
    [InlineData("structural.avif")]
    [InlineData("plain.gif")]
    [InlineData("plain.bmp")]
    [InlineData("plain.tiff")]
    [InlineData("plain.svg")]
    [InlineData("plain.pdf")]
    [InlineData("empty.png")]
    public void Does_not_recognize_other_files_as_images(string name)
    {
        using var file = File.OpenRead(TestImages.Path(name));
        Assert.Null(ImageHeader.DetectFormat(Start(TestImages.Bytes(name))));
        Assert.Null(ImageHeader.Read(file));
    }

    [Theory]
    [InlineData("heic mif1 heic", ImageFormat.Heic)]
    [InlineData("heic", ImageFormat.Heic)]
    [InlineData("heix mif1 heix", ImageFormat.Heic)]
    [InlineData("heim mif1", ImageFormat.Heic)]
    [InlineData("heis mif1", ImageFormat.Heic)]
    [InlineData("hevc msf1 hevc", ImageFormat.Heic)]
    [InlineData("hevx msf1", ImageFormat.Heic)]
    [InlineData("hevm msf1", ImageFormat.Heic)]
    [InlineData("hevs msf1", ImageFormat.Heic)]
    [InlineData("abcd mif1 heic", ImageFormat.Heic)]
    [InlineData("mif1 mif1 heic", ImageFormat.Heif)]
    [InlineData("mif1", ImageFormat.Heif)]
    [InlineData("msf1 msf1", ImageFormat.Heif)]
    [InlineData("miaf mif1 heic avif", ImageFormat.Heif)]
    [InlineData("avci mif1 avci", ImageFormat.Heif)]
    [InlineData("avif mif1 avif", null)]
    [InlineData("avis msf1 avis", null)]
    [InlineData("mif1 mif1 avif miaf", null)]
    [InlineData("isom isom iso2 avc1 mp41", null)]
    [InlineData("mp42 isom mp42", null)]
    [InlineData("qt   qt  ", null)]
    [InlineData("crx  crx  isom", null)]
    public void Distinguishes_HEIC_from_HEIF_by_the_major_brand_and_both_from_AVIF_and_videos(string brands, ImageFormat? format) =>
        Assert.Equal(format, ImageHeader.DetectFormat(FileType(brands)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(18)]
    [InlineData(uint.MaxValue)]
    public void Rejects_a_file_type_box_of_an_impossible_length(uint length)
    {
        var start = FileType("heic mif1 heic");
        BinaryPrimitives.WriteUInt32BigEndian(start, length);
        Assert.Null(ImageHeader.DetectFormat(start));
    }

    [Fact]
    public void Ignores_brands_behind_the_file_type_box() =>
        Assert.Null(ImageHeader.DetectFormat([.. FileType("isom isom"), .. "mif1heic"u8]));

    [Fact]
    public void Recognizes_no_image_in_a_beginning_that_is_too_short()
    {
        foreach (var path in TestImages.All)
        {
            var start = Start(File.ReadAllBytes(path));
            for (var length = 0; length < Math.Min(3, start.Length); length++)
            {
                Assert.Null(ImageHeader.DetectFormat(start.AsSpan(0, length)));
            }
        }
    }

    [Theory]
    [InlineData("plain.png", 61, 43)]
    [InlineData("interlaced.png", 61, 43)]
    [InlineData("16bit.png", 61, 43)]
    [InlineData("palette.png", 61, 43)]
    [InlineData("alpha.png", 61, 43)]
    [InlineData("baseline.jpg", 61, 43)]
    [InlineData("progressive.jpg", 61, 43)]
    [InlineData("arithmetic.jpg", 61, 43)]
    [InlineData("grayscale.jpg", 61, 43)]
    [InlineData("lossy.webp", 61, 43)]
    [InlineData("lossless.webp", 61, 43)]
    [InlineData("alpha.webp", 61, 43)]
    [InlineData("animated.webp", 61, 43)]
    [InlineData("plain.heic", 61, 43)]
    [InlineData("alpha.heic", 61, 43)]
    [InlineData("10bit.heic", 61, 43)]
    [InlineData("structural.heif", 61, 43)]
    public void Reads_width_and_height(string name, int width, int height) => Assert.Equal((width, height), ReadSize(name));

    [Fact]
    public void Reads_the_image_and_not_the_thumbnail_of_a_jpeg_without_applying_its_orientation() =>
        Assert.Equal((61, 43), ReadSize("exif-thumbnail.jpg"));

    [Fact]
    public void Reads_the_primary_item_not_the_thumbnail_of_a_heic() => Assert.Equal((61, 43), ReadSize("thumbnail.heic"));

    [Fact]
    public void Reads_a_grid_not_its_tiles() => Assert.Equal((192, 128), ReadSize("grid.heif"));

    [Theory]
    [InlineData("turned.heic", 43, 61)]
    [InlineData("turned.heif", 36, 48)]
    public void Crops_and_turns_as_the_container_says(string name, int width, int height) =>
        Assert.Equal((width, height), ReadSize(name));

    [Theory]
    [InlineData("truncated.png", ImageFormat.Png)]
    [InlineData("truncated.heic", ImageFormat.Heic)]
    public void Keeps_the_format_of_a_file_whose_size_is_missing(string name, ImageFormat format)
    {
        using var file = File.OpenRead(TestImages.Path(name));
        Assert.Equal(new ImageHeader(format, 0, 0), ImageHeader.Read(file));
    }

    [Fact]
    public void Reads_from_the_beginning_at_any_position_of_the_stream()
    {
        using var file = File.OpenRead(TestImages.Path("plain.png"));
        file.Seek(0, SeekOrigin.End);
        Assert.Equal(new ImageHeader(ImageFormat.Png, 61, 43), ImageHeader.Read(file));
    }

    [Fact]
    public void Reads_a_stream_that_gives_a_byte_at_a_time()
    {
        foreach (var path in TestImages.All)
        {
            using var whole = File.OpenRead(path);
            using var trickle = new CountingStream(File.OpenRead(path), mostAtOnce: 1);
            Assert.Equal(ImageHeader.Read(whole), ImageHeader.Read(trickle));
        }
    }

    [Fact]
    public void Skips_fill_bytes_and_standalone_markers_of_a_jpeg()
    {
        var jpeg = TestImages.Bytes("baseline.jpg");
        Assert.Equal((61, 43), ReadSize([0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0x01, 0xFF, 0xD0, .. jpeg[2..]]));
    }

    [Fact]
    public void Skips_the_segments_of_a_jpeg_without_reading_them()
    {
        var jpeg = TestImages.Bytes("baseline.jpg");
        byte[] profile = [0xFF, 0xE2, 0xFF, 0xFF, .. new byte[0xFFFD]];
        byte[] file = [.. jpeg[..2], .. Enumerable.Repeat(profile, 10).SelectMany(bytes => bytes), .. jpeg[2..]];
        using var counted = new CountingStream(new MemoryStream(file));

        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 61, 43), ImageHeader.Read(counted));
        Assert.InRange(counted.BytesRead, 1, 12 * ImageHeader.DetectionLength);
    }

    [Fact]
    public void Skips_the_coded_images_of_a_heic_whose_directory_is_behind_them()
    {
        var heic = TestImages.Bytes("plain.heic");
        const int FileTypeLength = 24;
        var coded = new byte[500_000];
        BinaryPrimitives.WriteUInt32BigEndian(coded, 1);
        "mdat"u8.CopyTo(coded.AsSpan(4));
        BinaryPrimitives.WriteUInt64BigEndian(coded.AsSpan(8), (ulong)coded.Length);
        using var counted = new CountingStream(new MemoryStream([.. heic[..FileTypeLength], .. coded, .. heic[FileTypeLength..]]));

        Assert.Equal(new ImageHeader(ImageFormat.Heic, 61, 43), ImageHeader.Read(counted));
        Assert.InRange(counted.BytesRead, 1, 8 * ImageHeader.DetectionLength);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x00)]
    public void Stops_reading_a_jpeg_without_a_marker(byte filler)
    {
        var file = new byte[8 * MostBytesRead];
        file.AsSpan().Fill(filler);
        (file[0], file[1], file[2]) = (0xFF, 0xD8, 0xFF);
        using var counted = new CountingStream(new MemoryStream(file));

        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 0, 0), ImageHeader.Read(counted));
        Assert.InRange(counted.BytesRead, 1, MostBytesRead);
    }

    [Fact]
    public void Stops_reading_a_heic_that_has_only_empty_boxes()
    {
        var file = new byte[8 * MostBytesRead];
        FileType("heic mif1 heic").CopyTo(file, 0);
        for (var position = 24; position < file.Length; position += 8)
        {
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(position), 8);
        }

        using var counted = new CountingStream(new MemoryStream(file));

        Assert.Equal(new ImageHeader(ImageFormat.Heic, 0, 0), ImageHeader.Read(counted));
        Assert.InRange(counted.BytesRead, 1, MostBytesRead);
    }

    [Theory]
    [InlineData("plain.png", 16, 0x80000000)]
    [InlineData("plain.png", 20, 0)]
    public void Returns_no_impossible_size(string name, int position, uint value)
    {
        var bytes = TestImages.Bytes(name);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(position), value);
        Assert.Equal((0, 0), ReadSize(bytes));
    }

    [Fact]
    public void Reads_a_limited_number_of_bytes_of_damaged_files_without_an_exception()
    {
        var random = new Random(20_240_607);
        var images = TestImages.All.Select(File.ReadAllBytes).Where(bytes => bytes.Length > 0).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = Damage(images[i % images.Length], random);
            using var counted = new CountingStream(new MemoryStream(damaged));
            var header = ImageHeader.Read(counted);

            Assert.InRange(counted.BytesRead, 0, MostBytesRead);
            Assert.Equal(header is { Width: > 0 }, header is { Height: > 0 });
            Assert.Equal(ImageHeader.DetectFormat(Start(damaged)), header?.Format);
        }
    }

    private static byte[] Damage(byte[] image, Random random)
    {
        byte[] edgeValues = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];
        var damaged = image[..(random.Next(3) == 0 ? random.Next(image.Length) : image.Length)];
        var headerLength = Math.Min(damaged.Length, 800);
        for (var hits = damaged.Length == 0 ? 0 : random.Next(1, 8); hits > 0; hits--)
        {
            damaged[random.Next(headerLength)] = random.Next(2) == 0 ? edgeValues[random.Next(edgeValues.Length)] : (byte)random.Next(256);
        }

        return damaged;
    }

    private static byte[] FileType(string brands)
    {
        // Brands are four characters each, some of them spaces.
        var codes = brands.Chunk(5).Select(code => new string(code).PadRight(4)[..4]).ToArray();
        var box = new byte[16 + (4 * (codes.Length - 1))];
        BinaryPrimitives.WriteUInt32BigEndian(box, (uint)box.Length);
        Encoding.ASCII.GetBytes("ftyp" + codes[0]).CopyTo(box, 4);
        Encoding.ASCII.GetBytes(string.Concat(codes.Skip(1))).CopyTo(box, 16);
        return box;
    }

    private static byte[] Start(byte[] bytes) => bytes[..Math.Min(bytes.Length, ImageHeader.DetectionLength)];

    private static (int Width, int Height) ReadSize(string name) => ReadSize(TestImages.Bytes(name));

    private static (int Width, int Height) ReadSize(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        var header = ImageHeader.Read(file)!.Value;
        return (header.Width, header.Height);
    }
}
