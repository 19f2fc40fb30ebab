using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace Tokaify.Benchmarks;

/// <summary>Ways to send that were tried. Each sends the same images to the same server; the client's CPU is counted.</summary>
internal static class Experiments
{
    private const int Count = 48;
    private const int InFlight = 8;
    private const int Rounds = 5;

    public static async Task RunAsync()
    {
        using var workplace = new Workplace();
        workplace.WriteSources(Count, 6 * 1024 * 1024);
        var files = Directory.GetFiles(workplace.Sources);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in Measurement.OwnArguments("experiments-server"))
        {
            start.ArgumentList.Add(argument);
        }

        using var server = Process.Start(start)!;
        try
        {
            var addresses = server.StandardOutput.ReadLine()!.Split(' ').Select(address => new Uri(address)).ToArray();
            await RunAsync(files, addresses[0], addresses[1]);
        }
        finally
        {
            server.Kill();
        }
    }

    private static async Task RunAsync(string[] files, Uri http1, Uri http2)
    {
        var usual = new Way("as it is: HTTP/1.1, blocks of 48 KB, FileStream") { Address = http1 };
        Way[] ways =
        [
            usual,
            usual with { Name = "HTTP/2, one connection", Address = http2, Version = HttpVersion.Version20 },
            usual with { Name = "Expect: 100-continue", ExpectContinue = true },
            usual with { Name = "body compressed with gzip, entropy coding only", Compress = true },
            usual with { Name = "blocks of 12 KB", BlockLength = 12 * 1024 },
            usual with { Name = "blocks of 192 KB", BlockLength = 192 * 1024 },
            usual with { Name = "blocks of 768 KB", BlockLength = 768 * 1024 },
            usual with { Name = "file read by its handle (RandomAccess)", ByHandle = true },
            usual with { Name = "file read asynchronously", Asynchronous = true },
        ];
        await ways[0].SendAsync(files, InFlight);
        var costs = ways.ToDictionary(way => way, _ => new List<Cost>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                costs[way].Add(await way.SendAsync(files, InFlight));
            }
        }

        Console.WriteLine($"\n{Count} files of 6 MB to a server that answers at once, {InFlight} in flight; medians of {Rounds}.\n");
        Console.WriteLine("| way | CPU s | to the usual | wall s | MB sent |\n| --- | ---: | ---: | ---: | ---: |");
        var basis = Middle(costs[usual].Select(cost => cost.Cpu));
        foreach (var (way, runs) in costs)
        {
            var cpu = Middle(runs.Select(cost => cost.Cpu));
            Console.WriteLine(FormattableString.Invariant(
                $"| {way.Name} | {cpu:0.00} | {cpu / basis:0.00} | {Middle(runs.Select(cost => cost.Wall)):0.00} | {runs[0].Sent / 1048576.0:0} |"));
        }
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private sealed record Cost(double Cpu, double Wall, long Sent);

    private sealed record Way(string Name)
    {
        public required Uri Address { get; init; }

        public Version Version { get; init; } = HttpVersion.Version11;

        public bool ExpectContinue { get; init; }

        public bool Compress { get; init; }

        public int BlockLength { get; init; } = 48 * 1024;

        public bool ByHandle { get; init; }

        public bool Asynchronous { get; init; }

        public async Task<Cost> SendAsync(string[] files, int inFlight)
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            using var self = Process.GetCurrentProcess();
            var cpu = self.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            long sent = 0;
            await Parallel.ForEachAsync(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = inFlight },
                async (file, token) => Interlocked.Add(ref sent, await SendAsync(http, file, token)));
            self.Refresh();
            return new Cost((self.TotalProcessorTime - cpu).TotalSeconds, clock.Elapsed.TotalSeconds, sent);
        }

        private async Task<long> SendAsync(HttpClient http, string file, CancellationToken token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Version = Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            var content = new ImageContent(file, this);
            request.Content = content;
            request.Headers.ExpectContinue = ExpectContinue;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            response.EnsureSuccessStatusCode();
            return content.Sent;
        }
    }

    private sealed class ImageContent : HttpContent
    {
        // Compressed images have no repetitions. The overhead of Base64 is in the coding of its 64 letters.
        private static readonly ZLibCompressionOptions s_entropyOnly = new()
        {
            CompressionLevel = 1,
            CompressionStrategy = ZLibCompressionStrategy.HuffmanOnly,
        };

        private static readonly byte[] s_before = Encoding.ASCII.GetBytes("{\"data\":\"");
        private static readonly byte[] s_after = Encoding.ASCII.GetBytes("\"}");

        private readonly string _file;
        private readonly Way _way;

        public ImageContent(string file, Way way)
        {
            _file = file;
            _way = way;
            if (way.Compress)
            {
                Headers.ContentEncoding.Add("gzip");
            }
        }

        public long Sent { get; private set; }

        protected override bool TryComputeLength(out long length)
        {
            length = s_before.Length + ((new FileInfo(_file).Length + 2) / 3 * 4) + s_after.Length;
            return !_way.Compress;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var counted = new CountingStream(stream);
            if (_way.Compress)
            {
                await using var compressed = new GZipStream(counted, s_entropyOnly, leaveOpen: true);
                await WriteAsync(compressed);
            }
            else
            {
                await WriteAsync(counted);
            }

            Sent = counted.Sent;
        }

        private async Task WriteAsync(Stream stream)
        {
            var raw = ArrayPool<byte>.Shared.Rent(_way.BlockLength);
            var encoded = ArrayPool<byte>.Shared.Rent(_way.BlockLength / 3 * 4);
            await stream.WriteAsync(s_before);
            await using var file = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, _way.Asynchronous);
            for (long position = 0; position < file.Length;)
            {
                var wanted = raw.AsMemory(0, (int)Math.Min(_way.BlockLength, file.Length - position));
                var read = _way.ByHandle ? RandomAccess.Read(file.SafeFileHandle, wanted.Span, position)
                    : _way.Asynchronous ? await file.ReadAsync(wanted)
                    : file.Read(wanted.Span);
                Base64.EncodeToUtf8(raw.AsSpan(0, read), encoded, out _, out var length);
                await stream.WriteAsync(encoded.AsMemory(0, length));
                position += read;
            }

            await stream.WriteAsync(s_after);
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Sent { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Sent += count;
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent += buffer.Length;
            return inner.WriteAsync(buffer, cancellationToken);
        }
    }
}
