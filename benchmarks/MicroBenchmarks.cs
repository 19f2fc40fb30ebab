using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Tokaify.Benchmarks;

/// <summary>Measures the parts alone, each beside the minimal work.</summary>
internal static class MicroBenchmarks
{
    public static void Run(bool quick)
    {
        // At least one second of warm-up: the framework's Base64 needs it to become fast.
        var job = quick
            ? Job.ShortRun.WithWarmupCount(6).WithIterationCount(2).WithIterationTime(TimeInterval.FromMilliseconds(200))
            : Job.MediumRun;
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(Workplace.Root(), "artifacts", "benchmarks"));
        BenchmarkRunner.Run<ReaderBenchmarks>(config);
        BenchmarkRunner.Run<WriterBenchmarks>(config);
        BenchmarkRunner.Run<HeaderBenchmarks>(config);
    }
}

/// <summary>Responses of 12 MB: decoding alone, and reading into a file.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    private const int Length = 12 * 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokaify-bench-").FullName;
    private readonly byte[] _document = Responses.Document(Responses.Image(Length, seed: 1));
    private readonly byte[] _base64 = new byte[Base64.GetMaxEncodedToUtf8Length(Length)];
    private readonly byte[] _decoded = new byte[Length + 2];
    private readonly TokaifyErrors _errors = new(TextSanitizer.For(new Secret("the-key-of-a-benchmark")));

    [GlobalSetup]
    public void Encode() => Base64.EncodeToUtf8(Responses.Image(Length, seed: 1), _base64, out _, out _);

    [GlobalCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [Benchmark(Baseline = true)]
    public int DecodeBase64()
    {
        Base64.DecodeFromUtf8(_base64, _decoded, out _, out var length);
        return length;
    }

    [Benchmark]
    public async Task<long> ReadResponse() =>
        await ReadAsync(folder => new PendingImage(folder, new BeginningStream(), temporaryPath: "", limit: long.MaxValue));

    [Benchmark]
    public async Task<long> ReadResponseIntoFile() => await ReadAsync(folder => folder.BeginImage(limit: long.MaxValue));

    private async Task<long> ReadAsync(Func<ImageFolder, PendingImage> newImage)
    {
        var folder = new ImageFolder(_folder);
        using var body = new MemoryStream(_document);
        using var response = await ResponseReader.ReadAsync(
            body, new ResponseHead(200, RequestId: null, RetryAfter: null), () => newImage(folder), _errors, CancellationToken.None);
        return response.Images[0].Length;
    }

    /// <summary>Keeps the beginning of an image and discards the rest, to separate the cost of the file from that of the reader.</summary>
    private sealed class BeginningStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length == 0)
            {
                base.Write(buffer, offset, Math.Min(count, 1024));
            }
        }
    }
}

/// <summary>An image of 12 MB: encoding alone, and writing a request's body.</summary>
[MemoryDiagnoser]
public class WriterBenchmarks
{
    private const int Length = 12 * 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokaify-bench-").FullName;
    private readonly byte[] _image = Responses.Image(Length, seed: 1);
    private readonly byte[] _encoded = new byte[Base64.GetMaxEncodedToUtf8Length(Length)];
    private SourceImage _source = null!;

    [GlobalSetup]
    public void Write()
    {
        var path = Path.Combine(_folder, "picture.png");
        File.WriteAllBytes(path, _image);
        _source = SourceImage.Inspect(path);
    }

    [GlobalCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [Benchmark(Baseline = true)]
    public int EncodeBase64()
    {
        Base64.EncodeToUtf8(_image, _encoded, out _, out var length);
        return length;
    }

    [Benchmark]
    public async Task WriteRequest()
    {
        using var content = new RequestContent(RequestBody.For(new ImageRequest { Prompt = "Make it blue.", Images = [_source] }));
        await content.CopyToAsync(Stream.Null);
    }
}

/// <summary>The format by the first bytes of a file.</summary>
[MemoryDiagnoser]
public class HeaderBenchmarks
{
    private readonly byte[] _image = Responses.Image(1024, seed: 1);

    [Benchmark]
    public ImageFormat? DetectFormat() => ImageHeader.DetectFormat(_image.AsSpan(0, ImageHeader.DetectionLength));
}
