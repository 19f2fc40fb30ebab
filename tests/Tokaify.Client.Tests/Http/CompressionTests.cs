using System.IO.Compression;
using Tokaify.Tests.Responses;
using Xunit;

namespace Tokaify.Tests.Http;

public class CompressionTests
{
    private const string Image = """{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"«palette.png»"}}]},"finishReason":"STOP"}]}""";

    // .NET Framework has no Brotli, and reads deflate as a raw stream without its header, unlike RFC 9110.
    private static readonly string[] s_offered =
#if NET
        ["br", "deflate", "gzip"];
#else
        ["gzip"];
#endif

    public static TheoryData<string> Offered => [.. s_offered];

    [Fact]
    public async Task Offers_the_encodings_that_it_reads_and_no_other()
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Good);
        await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        var offered = server.Requests.Single().Header("Accept-Encoding")!.Split(',').Select(encoding => encoding.Trim()).ToList();

        Assert.NotEmpty(offered);
        foreach (var encoding in offered)
        {
            await IsReadAsync(encoding);
        }

        Assert.Equal(s_offered, offered.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Offered))]
    public async Task A_compressed_response_is_read(string encoding) => await IsReadAsync(encoding);

    [Theory]
    [MemberData(nameof(Offered))]
    public async Task A_compressed_error_is_read(string encoding)
    {
        var body = Compress("""{"error":{"message":"squeezed"}}"""u8.ToArray(), encoding);
        var failure = await Edits.FailAsync(ScriptedResponse.Of(400, body, $"Content-Encoding: {encoding}"), attempts: 1);
        Assert.Contains("squeezed", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Offered))]
    public async Task A_damaged_compression_is_an_error_worth_another_try(string encoding)
    {
        Assert.Equal(TokaifyErrorId.BadResponse, (await FailDamagedAsync(encoding, 200)).ErrorId);
        Assert.Equal(TokaifyErrorId.ServiceUnavailable, (await FailDamagedAsync(encoding, 500)).ErrorId);
    }

    [Theory]
    [MemberData(nameof(Offered))]
    public async Task A_compression_cut_off_is_an_error_worth_another_try(string encoding)
    {
        var body = Compress(Response.Bytes(Image), encoding);
        var failure = await Edits.FailAsync(ScriptedResponse.Of(200, body[..(body.Length / 2)], $"Content-Encoding: {encoding}"), attempts: 2);
        Assert.Equal(TokaifyErrorId.BadResponse, failure.ErrorId);
    }

    private static async Task IsReadAsync(string encoding)
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(
            ScriptedResponse.Of(200, Compress(Response.Bytes(Image), encoding), $"Content-Encoding: {encoding}"));

        await Edits.Client(server.BaseUri).EditAsync(Edits.Of(folder));

        Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(folder.File("out.png")));
    }

    private static Task<TokaifyException> FailDamagedAsync(string encoding, int status)
    {
        var body = Compress(Response.Bytes(Image), encoding);
        body.AsSpan(body.Length / 2).Fill(0xA5);
        return Edits.FailAsync(ScriptedResponse.Of(status, body, $"Content-Encoding: {encoding}"), attempts: 2);
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Optimal),
#if NET
            "br" => new BrotliStream(compressed, CompressionLevel.Optimal),
#endif
            _ => throw new ArgumentException($"There is no {encoding} here.", nameof(encoding)),
        })
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }
}
