using System.IO.Compression;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Hostile;

/// <summary>Responses that never end, in every place of a response. Not in parallel with other tests, because the memory is measured for
/// the process.</summary>
[Collection(nameof(Alone))]
public sealed class HostileWireTests
{
    private const int Megabyte = 1024 * 1024;

    // Only to end a test that hangs.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    // The memory of sockets, streams and the test's server.
    private const long MemoryLimit = MemoryBudget.ResponseLimit + (32 * Megabyte);

    /// <summary>The beginning, and the part that is repeated as long as the client reads.</summary>
    private static readonly Dictionary<string, Flood> s_floods = new()
    {
        ["a status line"] = new("HTTP/1.1 200 O", "K"),
        ["headers"] = new("HTTP/1.1 200 OK\r\n", "X-More: of the same\r\n"),
        ["one header"] = new("HTTP/1.1 200 OK\r\nX-More: ", "x"),
        ["informational responses"] = new("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        ["informational headers"] = new("HTTP/1.1 103 Early Hints\r\n", "X-More: of the same\r\n"),
        ["a chunk's extension"] = new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x"),
        ["chunks of one byte with extensions"] = new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;x=" + new string('x', 1000) + "\r\n \r\n"),
        ["trailers"] = new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n", "X-More: of the same\r\n"),
        ["spaces"] = new("HTTP/1.1 200 OK\r\n\r\n", " "),
        ["texts"] = new("HTTP/1.1 200 OK\r\n\r\n{\"candidates\":[{\"content\":{\"parts\":[", "{\"text\":\"x\"},"),
        ["an error page"] = new("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", "<p>Bad Gateway</p>"),
        ["an error in JSON"] = new("HTTP/1.1 400 Bad Request\r\n\r\n{\"error\":{\"message\":\"", "no "),
        ["spaces of an error"] = new("HTTP/1.1 429 Too Many Requests\r\n\r\n", " "),
        ["a compression of nothing"] = new("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", GzipBeginning(), EmptyBlock()),
        ["a compressed error of nothing"] = new("HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\n\r\n", GzipBeginning(), EmptyBlock()),
    };

    public static TheoryData<string> Floods => [.. s_floods.Keys];

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task A_flood_ends_in_an_error_within_the_time_limit_and_the_memory(string name)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var server = new FloodServer(s_floods[name]);
        using var caller = new ClientCaller(
            server.BaseUri, Edits.OneRetry with { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.FromSeconds(2) });

        var edit = Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync());
        Assert.InRange(await PeakMemoryAsync(edit) - before, long.MinValue, MemoryLimit);

        Assert.Equal(1, (await edit).Attempts);
        Assert.Equal(1, server.RequestCount);
        Assert.Empty(caller.Folder.Names);
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Cancelling_a_flood_without_a_time_limit_ends_at_once(string name)
    {
        await using var server = new FloodServer(s_floods[name]);
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with { MaximumRetryCount = 0, AttemptTimeout = TimeSpan.Zero });
        using var cancellation = new CancellationTokenSource();

        var edit = caller.EditAsync(cancellationToken: cancellation.Token);
        await Task.WhenAny(edit, server.HasSentMuch).WaitAsync(s_timeout);
        await cancellation.CancelAsync();

        // Most have ended with an error by then.
        await Assert.ThrowsAnyAsync<Exception>(() => edit).WaitAsync(s_timeout);
        Assert.Empty(caller.Folder.Names);
    }

    [Theory]
    [InlineData(401, TokaifyErrorId.Unauthorized)]
    [InlineData(402, TokaifyErrorId.QuotaExceeded)]
    public async Task An_error_page_that_does_not_end_is_the_error_that_its_status_says(int status, TokaifyErrorId id)
    {
        await using var server = new ScriptedServer(_ => new ScriptedResponse(async (stream, token) =>
        {
            await stream.WriteAsync(ScriptedResponse.Head(status, "Content-Length: 1000"), token);
            await stream.WriteAsync("""{"error":{"message":"as far as it goes"""u8.ToArray(), token);
            await Task.Delay(Timeout.Infinite, token);
        }));

        var error = await GrowingLimit.RunAsync(
            TimeSpan.FromMilliseconds(500),
            async limit =>
            {
                using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with { AttemptTimeout = limit });
                return await caller.FailAsync().WaitAsync(s_timeout);
            },
            error => error.ErrorId != TokaifyErrorId.Timeout);

        Assert.Equal((id, status, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("as far as it goes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_error_page_is_not_read_to_its_end_without_a_time_limit_either()
    {
        var error = await GrowingLimit.RunAsync(TimeSpan.FromMilliseconds(50), ReadStallingAsync, error => error.Message.Contains("so far"));

        Assert.Equal(TokaifyErrorId.ServiceUnavailable, error.ErrorId);
        Assert.Contains("so far", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_bomb_of_texts_takes_no_more_memory_than_a_response_may()
    {
        var bomb = Bomb();
        Assert.InRange(bomb.Length, 0, Megabyte);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var server = ScriptedServer.Answering(ScriptedResponse.Of(200, bomb, "Content-Encoding: gzip"));
        using var caller = new ClientCaller(server.BaseUri);

        var edits = Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Assert.ThrowsAsync<TokaifyException>(() => caller.Client.EditAsync(caller.Edit))));

        Assert.InRange(await PeakMemoryAsync(edits) - before, long.MinValue, MemoryBudget.CommandLimit);
        Assert.All(await edits, error => Assert.Equal(TokaifyErrorId.BadResponse, error.ErrorId));
    }

    // Measured repeatedly until the task ends.
    private static async Task<long> PeakMemoryAsync(Task task)
    {
        var peak = 0L;
        var end = DateTime.UtcNow + s_timeout;
        while (!task.IsCompleted && DateTime.UtcNow < end)
        {
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            await Task.WhenAny(task, Task.Delay(20));
        }

        Assert.True(task.IsCompleted, "It hangs.");
        return peak;
    }

    // 1 GB of short texts.
    private static byte[] Bomb()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            gzip.Write("{\"candidates\":[{\"content\":{\"parts\":["u8);
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"text\":\"" + new string('x', 240) + "\"},", 4096)));
            for (var length = 0; length < 128 * Megabyte; length += block.Length)
            {
                gzip.Write(block);
            }
        }

        return bytes.ToArray();
    }

    private static async Task<TokaifyException> ReadStallingAsync(TimeSpan limit)
    {
        using var body = new MemoryStream("so far"u8.ToArray());
        using var page = new StallingStream(body);
        return await ErrorReader.ReadAsync(
            page, new ResponseHead(503, null, null), Edits.Errors.Text, limit, CancellationToken.None, CancellationToken.None).WaitAsync(s_timeout);
    }

    private static byte[] GzipBeginning() => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];

    // A stored block of length 0 (RFC 1951, 3.2.4).
    private static byte[] EmptyBlock() => [0, 0, 0, 0xFF, 0xFF];

    /// <summary>Returns the existing data, and then never returns.</summary>
    private sealed class StallingStream(Stream inner) : ReadOnlyStream
    {
        protected override async ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var length = await inner.ReadAsync(buffer, cancellationToken);
            if (length == 0)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return length;
        }
    }
}
