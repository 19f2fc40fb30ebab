using System.Security.Cryptography;
using System.Text;
using Xunit;
using Xunit.Abstractions;

namespace Tokaify.Tests.Http;

/// <summary>Images of any length are not held in memory. Not in parallel with other tests, because the figures are those of the
/// process.</summary>
[Collection(nameof(Alone))]
public class LargeImageTests(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;

    // The maximum allocation for a megabyte that passes through sockets, streams and tasks, on both sides together.
    private const double BytesPerMegabyte = 0.1 * Megabyte;

    [Theory]
    [InlineData("")]
    [InlineData("escaped")]
    [InlineData("Markdown")]
    public async Task An_image_of_100_MB_is_saved_and_takes_no_more_memory_than_a_small_one(string form)
    {
        await MeasureDownloadAsync(1, form);
        var small = await MeasureDownloadAsync(1, form);
        var large = await MeasureDownloadAsync(100, form);
        output.WriteLine($"{small:N0} bytes for 1 MB, {large:N0} for 100 MB");
        Assert.True(large - small < 99 * BytesPerMegabyte, $"{small:N0} bytes for 1 MB, {large:N0} for 100 MB");
    }

    [Fact]
    public async Task An_image_of_48_MB_is_sent_and_takes_no_more_memory_than_a_small_one()
    {
        await MeasureUploadAsync(1);
        var small = await MeasureUploadAsync(1);
        var large = await MeasureUploadAsync(48);
        output.WriteLine($"{small:N0} bytes for 1 MB, {large:N0} for 48 MB");
        Assert.True(large - small < 47 * BytesPerMegabyte, $"{small:N0} bytes for 1 MB, {large:N0} for 48 MB");
    }

    [Fact]
    public async Task A_conversation_about_images_of_48_MB_takes_no_more_memory_than_one_about_small_ones()
    {
        await MeasureConversationAsync(1);
        var small = await MeasureConversationAsync(1);
        var large = await MeasureConversationAsync(48);
        output.WriteLine($"{small:N0} bytes for 1 MB, {large:N0} for 48 MB");
        // Three images are sent and two saved.
        Assert.True(large - small < 5 * 47 * BytesPerMegabyte, $"{small:N0} bytes for 1 MB, {large:N0} for 48 MB");
    }

    // Two turns: the image and the response of the first turn are sent again in the second.
    private static async Task<long> MeasureConversationAsync(int megabytes)
    {
        using var folder = new TemporaryFolder();
        var image = new NoisyImage(megabytes * Megabyte);
        using (var file = File.Create(folder.File("source.png")))
        {
            foreach (var block in image.Blocks())
            {
                await file.WriteAsync(block);
            }
        }

        await using var server = new ScriptedServer(
            _ => new ScriptedResponse((stream, token) => SendAsync(stream, image, "", token), closesConnection: true), keepsBodies: false);
        var first = Edits.Of(folder, folder.File("source.png")) with { Conversation = new Conversation() };
        var second = first with { Request = first.Request with { Images = [] } };
        var client = Edits.Client(server.BaseUri);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await client.EditAsync(first);
        await client.EditAsync(second);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        var lengths = server.Requests.Select(request => request.ContentLength!.Value).ToList();
        Assert.InRange(lengths[0], image.Length * 4 / 3, (image.Length * 4 / 3) + 1000);
        Assert.InRange(lengths[1], image.Length * 8 / 3, (image.Length * 8 / 3) + 1000);
        return allocated;
    }

    private static async Task<long> MeasureDownloadAsync(int megabytes, string form)
    {
        using var folder = new TemporaryFolder();
        var image = new NoisyImage(megabytes * Megabyte);
        await using var server = ScriptedServer.Answering(new ScriptedResponse((stream, token) => SendAsync(stream, image, form, token), closesConnection: true));
        var edit = Edits.Of(folder);
        var client = Edits.Client(server.BaseUri);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var result = await client.EditAsync(edit);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(image.Length, result.Images.Single().Length);
        using var file = File.OpenRead(folder.File("out.png"));
        Assert.Equal(image.Digest(), Convert.ToHexString(SHA256.HashData(file)));
        return allocated;
    }

    private static async Task<long> MeasureUploadAsync(int megabytes)
    {
        using var folder = new TemporaryFolder();
        var image = new NoisyImage(megabytes * Megabyte);
        using (var file = File.Create(folder.File("source.png")))
        {
            foreach (var block in image.Blocks())
            {
                await file.WriteAsync(block);
            }
        }

        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(400, "{}"), keepsBodies: false);
        var edit = Edits.Of(folder, folder.File("source.png"));
        var client = Edits.Client(server.BaseUri);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<TokaifyException>(() => client.EditAsync(edit));
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.InRange(server.Requests.Single().ContentLength!.Value, image.Length * 4 / 3, (image.Length * 4 / 3) + 1000);
        return allocated;
    }

    private static async Task SendAsync(Stream stream, NoisyImage image, string form, CancellationToken cancellationToken)
    {
        var (before, after) = form == "Markdown" ? ("\"text\":\"![image](data:image/png;base64,", ")\"") : ("\"inlineData\":{\"data\":\"", "\"}");
        await stream.WriteAsync(ScriptedResponse.Head(200, "Connection: close"), cancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{{\"candidates\":[{{\"content\":{{\"parts\":[{{{before}"), cancellationToken);
        foreach (var block in image.Blocks())
        {
            await stream.WriteAsync(image.Encoded(block, escaped: form == "escaped"), cancellationToken);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{after}}}]}},\"finishReason\":\"STOP\"}}]}}"), cancellationToken);
    }

    /// <summary>A PNG's header and noise: a few blocks repeatedly, so that creating it takes almost no memory.</summary>
    private sealed class NoisyImage(long length)
    {
        private const int BlockLength = 3 * 16 * 1024;

        private readonly byte[][] _blocks = MakeBlocks();
        private readonly Dictionary<(byte[] Block, bool Escaped), byte[]> _encoded = [];

        /// <summary>Bytes: whole blocks.</summary>
        public long Length { get; } = length / BlockLength * BlockLength;

        public IEnumerable<byte[]> Blocks()
        {
            yield return _blocks[0];
            for (var index = 1; index < Length / BlockLength; index++)
            {
                yield return _blocks[1 + (index * 7 % 5)];
            }
        }

        public byte[] Encoded(byte[] block, bool escaped)
        {
            if (!_encoded.TryGetValue((block, escaped), out var encoded))
            {
                var text = Convert.ToBase64String(block);
                encoded = Encoding.ASCII.GetBytes(escaped ? text.Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002b", StringComparison.Ordinal) : text);
                _encoded.Add((block, escaped), encoded);
            }

            return encoded;
        }

        public string Digest()
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var block in Blocks())
            {
                digest.AppendData(block);
            }

            return Convert.ToHexString(digest.GetHashAndReset());
        }

        private static byte[][] MakeBlocks()
        {
            var random = new Random(1);
            var blocks = Enumerable.Range(0, 6).Select(_ => new byte[BlockLength]).ToArray();
            foreach (var block in blocks)
            {
                random.NextBytes(block);
            }

            TestImages.Bytes("plain.png").AsSpan(0, 33).CopyTo(blocks[0]);
            return blocks;
        }
    }
}
