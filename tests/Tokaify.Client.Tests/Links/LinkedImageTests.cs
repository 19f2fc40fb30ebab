using System.Text;
using System.Text.Json;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Links;

/// <summary>Responses with links in place of images, to the relay's own origin.</summary>
public sealed class LinkedImageTests : IAsyncLifetime, IDisposable
{
    private readonly LinkServer _server = new();
    private readonly ClientCaller _caller;

    public LinkedImageTests() => _caller = new ClientCaller(_server.BaseUri);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _caller.Dispose();

    public static TheoryData<string> Forms =>
    [
        """{"text":"Here you are:\n\n![image](LINK)\n"}""",
        """{"fileData":{"mimeType":"image/png","fileUri":"LINK"}}""",
        """{"file_data":{"file_uri":" LINK ","mime_type":"text/html"},"text":""}""",
        """{"thought":true,"text":"![draft](LINK-of-draft)"},{"text":"![image](LINK) ![again](LINK)"},{"fileData":{"fileUri":"LINK"}}""",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_image_is_saved_like_any_other(string parts)
    {
        _server.Parts = parts.Replace("LINK", _server.At("a.png"), StringComparison.Ordinal);
        _server.Has("a.png", LinkServer.Image());

        var result = await _caller.EditAsync();

        Assert.Equal(TestImages.Bytes("plain.png"), File.ReadAllBytes(Assert.Single(result.Images).Path));
        Assert.Equal(("image/png", 1, "STOP"), (result.Images[0].MimeType, result.Attempts, result.FinishReason));
        Assert.Equal((1, 1), (_server.Edits, _server.Gets.Count));
        Assert.Null(result.Error);
    }

    [Fact]
    public async Task The_key_and_our_other_headers_are_not_sent()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Redirect("/b.png"));
        _server.Has("b.png", LinkServer.Image());

        await _caller.EditAsync();

        Assert.Equal(["GET /a.png HTTP/1.1", "GET /b.png HTTP/1.1"], _server.Gets.Select(request => request.RequestLine));
        Assert.All(_server.Gets, request =>
        {
            Assert.Empty(request.HeaderNames.Except(["Host", "Accept-Encoding", "Connection"], StringComparer.OrdinalIgnoreCase));
            Assert.DoesNotContain(Edits.Key, request.Head, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Several_images_are_saved_in_their_order()
    {
        _server.Parts = $$"""{"text":"![1]({{_server.At("a")}}) and ![2]({{_server.At("b")}})"},{"fileData":{"fileUri":"{{_server.At("c")}}"} }""";
        _server.Has("a", LinkServer.Image()).Has("b", LinkServer.Image("grayscale.jpg")).Has("c", LinkServer.Image("lossy.webp"));

        var result = await _caller.EditAsync();

        Assert.Equal(["image/png", "image/jpeg", "image/webp"], result.Images.Select(image => image.MimeType));
        Assert.Equal(".jpg", Path.GetExtension(result.Images[1].Path));
    }

    [Fact]
    public async Task If_the_response_has_an_image_its_link_is_ignored()
    {
        var image = Convert.ToBase64String(TestImages.Bytes("plain.png"));
        _server.Parts = $$"""{"text":"![source]({{_server.At("a")}})"},{"inlineData":{"data":"{{image}}"} }""";

        var result = await _caller.EditAsync();

        Assert.Single(result.Images);
        Assert.Empty(_server.Gets);
    }

    [Theory]
    [InlineData("SAFETY", TokaifyErrorId.ContentBlocked)]
    [InlineData("IMAGE_RECITATION", TokaifyErrorId.ContentBlocked)]
    public async Task A_blocked_response_has_no_image_even_if_it_has_a_link(string reason, TokaifyErrorId errorId)
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Image());
        _server.End = $$"""]},"finishReason":"{{reason}}"}]}""";

        Assert.Equal(errorId, (await _caller.FailAsync()).ErrorId);
        Assert.Empty(_server.Gets);
    }

    [Fact]
    public async Task A_request_whose_response_is_cut_behind_the_link_is_not_sent_again()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Image());
        _server.End = "";

        var result = await _caller.EditAsync();

        Assert.Single(result.Images);
        Assert.Equal(1, _server.Edits);
    }

    [Fact]
    public async Task A_request_whose_response_is_cut_in_an_image_behind_the_link_is_sent_again()
    {
        _server.Parts = $$"""{"text":"![source]({{_server.At("a")}})"},{"inlineData":{"data":"iVBORw0KGgo""";
        _server.End = "";

        Assert.Equal(TokaifyErrorId.BadResponse, (await _caller.FailAsync()).ErrorId);
        Assert.Equal((2, 0), (_server.Edits, _server.Gets.Count));
    }

    /// <summary>First responses of a link's server after which another try may return the image.</summary>
    public static TheoryData<string> Passing => ["503", "429", "cut", "half", "closed"];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_transient_error_is_tried_again_as_a_get_and_never_as_an_edit(string name)
    {
        var image = TestImages.Bytes("plain.png");
        _server.Says($"![image]({_server.At("a.png")})").Has(
            "a.png",
            name switch
            {
                "503" => ScriptedResponse.Html(503, "Later."),
                "429" => ScriptedResponse.Of(429, "", "Retry-After: 1"),
                "cut" => ScriptedResponse.Raw([.. ScriptedResponse.Head(200, $"Content-Length: {image.Length}"), .. image[..^1]], closesConnection: true),
                "half" => ScriptedResponse.Of(200, image[..(image.Length / 2)]),
                _ => ScriptedResponse.Raw([.. ScriptedResponse.Head(200, "Connection: close"), .. image[..^1]], closesConnection: true),
            },
            LinkServer.Image());
        var retries = new List<RetryNotice>();

        var result = await _caller.EditAsync(retries.Add);

        Assert.Equal(image, File.ReadAllBytes(result.Path!));
        Assert.Equal((1, 2, 1), (_server.Edits, _server.Gets.Count, result.Attempts));
        Assert.Equal(TokaifyErrorId.LinkFailed, Assert.IsType<TokaifyException>(Assert.Single(retries).Reason).ErrorId);
    }

    /// <summary>Responses of a link's server that are not images, and a word of the error.</summary>
    private static readonly Dictionary<string, (ScriptedResponse Response, string Words)> s_others = new()
    {
        ["a page"] = (ScriptedResponse.Html(200, "<html>Log in.</html>"), "not an image"),
        ["a page with the type of an image"] = (ScriptedResponse.Of(200, "<html>Log in.</html>", "Content-Type: image/png"), "not an image"),
        ["a GIF"] = (ScriptedResponse.Of(200, "GIF89a and so on", "Content-Type: image/gif"), "not an image"),
        ["nothing"] = (ScriptedResponse.Of(200, "", "Content-Type: image/png"), "not an image"),
        ["no content"] = (ScriptedResponse.Of(204, ""), "HTTP 204"),
        ["a part"] = (ScriptedResponse.Of(206, TestImages.Bytes("plain.png"), "Content-Type: image/png"), "HTTP 206"),
        ["nothing any more"] = (ScriptedResponse.Html(404, "Gone."), "HTTP 404"),
        ["a lock"] = (ScriptedResponse.Of(401, "", "WWW-Authenticate: Basic realm=\"images\""), "HTTP 401"),
        ["a long wait"] = (ScriptedResponse.Of(503, "", "Retry-After: 86400"), "HTTP 503"),
        ["10 GB"] = (ScriptedResponse.Raw(ScriptedResponse.Head(200, "Content-Type: image/png", "Content-Length: 10737418240")), "larger than"),
        ["a redirect without an address"] = (ScriptedResponse.Of(302, ""), "redirects without an address"),
        ["an odd redirect"] = (ScriptedResponse.Of(300, "", "Location: /b.png"), "HTTP 300"),
        ["a loop"] = (LinkServer.Redirect("/a.png"), "more than 3 times"),
        ["loopback by another port"] = (LinkServer.Redirect("http://127.0.0.1:1/a.png"), "refused"),
        ["loopback by https"] = (LinkServer.Redirect("https://127.0.0.1/a.png"), "refused"),
        ["loopback in one number"] = (LinkServer.Redirect("https://2130706433/a.png"), "refused"),
        ["loopback by IPv6"] = (LinkServer.Redirect("https://[::1]/a.png"), "refused"),
        ["localhost"] = (LinkServer.Redirect("https://localhost/a.png"), "refused"),
        ["the cloud's metadata"] = (LinkServer.Redirect("http://169.254.169.254/latest/meta-data/"), "refused"),
        ["the cloud's metadata by https"] = (LinkServer.Redirect("https://169.254.169.254/latest/meta-data/", status: 307), "refused"),
        ["a private network"] = (LinkServer.Redirect("//192.168.1.1/a.png", status: 308), "refused"),
        ["a file"] = (LinkServer.Redirect("file:///etc/passwd"), "refused"),
        ["a user's name"] = (LinkServer.Redirect("https://joe:secret@images.test/a.png"), "user name"),
        ["the key"] = (LinkServer.Redirect($"https://images.test/?{Edits.Key}"), "secret"),
    };

    public static TheoryData<string> Others => [.. s_others.Keys];

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_permanent_error_has_the_address_and_nothing_is_sent_again(string name)
    {
        var (response, words) = s_others[name];
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", response);

        var error = await _caller.FailAsync();

        Assert.Equal((TokaifyErrorId.LinkFailed, 1, 1), (error.ErrorId, error.Attempts, _server.Edits));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{_server.At("a.png")}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(name == "a loop" ? 4 : 1, _server.Gets.Count);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://169.254.169.254/a.png")]
    [InlineData("https://0x7f.1/a.png")]
    [InlineData("http://images.test/a.png")]
    [InlineData("https://joe:secret@images.test/a.png")]
    public async Task A_link_that_is_refused_is_an_error_with_the_address(string link)
    {
        _server.Says($"![image]({link})");

        var error = await _caller.FailAsync();

        Assert.Equal((TokaifyErrorId.LinkFailed, 1), (error.ErrorId, _server.Edits));
        Assert.Contains(link.Replace("joe:secret", "joe:****", StringComparison.Ordinal)[^12..], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://images.test/?key=" + Edits.Key)]
    [InlineData("https://images.test/a.png#\u001B[31m")]
    public async Task A_link_with_a_secret_is_not_followed_and_the_secret_is_not_shown(string link)
    {
        _server.Parts = $$"""{"fileData":{"fileUri":{{JsonSerializer.Serialize(link)}} } }""";

        var error = await _caller.FailAsync();

        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001B", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Three_redirects_are_followed(int status)
    {
        _server.Says($"![image]({_server.At("1")})").Has("1", LinkServer.Redirect(_server.At("2"), status));
        _server.Has("2", LinkServer.Redirect("3", status)).Has("3", LinkServer.Redirect("/4", status)).Has("4", LinkServer.Image());

        Assert.Single((await _caller.EditAsync()).Images);
        Assert.Equal(4, _server.Gets.Count);
    }

    [Fact]
    public async Task A_body_without_an_end_is_read_only_to_the_limit()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", Endless(TestImages.Bytes("plain.png")));
        using var caller = Caller(new TokaifyClientOptions { Retry = Edits.OneRetry, MaximumImageLength = 3_000_000 });

        var error = await caller.FailAsync();

        Assert.Contains("larger than 3000000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_server.Edits, _server.Gets.Count));
    }

    [Fact]
    public async Task A_page_without_an_end_is_not_read_to_the_limit()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", Endless(Encoding.ASCII.GetBytes("<html>" + new string(' ', 1000))));

        Assert.Contains("not an image", (await _caller.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_body_ends_with_the_time_limit_of_each_attempt()
    {
        var image = TestImages.Bytes("plain.png");
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", new ScriptedResponse(async (stream, token) =>
        {
            await stream.WriteAsync(ScriptedResponse.Head(200, $"Content-Length: {image.Length}"), token);
            for (var sent = 0; ; sent++)
            {
                await stream.WriteAsync(image.AsMemory(Math.Min(sent, image.Length - 2), 1), token);
                await Task.Delay(20, token);
            }
        }));
        using var caller = Caller(new TokaifyClientOptions { Retry = Edits.OneRetry with { AttemptTimeout = TimeSpan.FromSeconds(1) } });

        var error = await caller.FailAsync();

        Assert.Contains("longer than 1 seconds", error.Message, StringComparison.Ordinal);
        Assert.Contains(_server.At("a.png"), error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (_server.Edits, _server.Gets.Count));
    }

    [Fact]
    public async Task Stopping_ends_the_wait_and_leaves_no_file()
    {
        var asked = new TaskCompletionSource();
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", new ScriptedResponse((_, token) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        }));
        using var stop = new CancellationTokenSource();
        var edit = _caller.EditAsync(cancellationToken: stop.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        Assert.Empty(_caller.Folder.Names);
    }

    [Fact]
    public async Task Stopping_leaves_the_link_in_the_journal_because_it_is_paid_for()
    {
        using var stop = new CancellationTokenSource();
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", new ScriptedResponse((_, _) => stop.CancelAsync()));
        using var folder = new TemporaryFolder();
        using var journal = new JournalWriter(folder.File("journal.jsonl"));
        journal.Open();
        using var caller = Caller(new TokaifyClientOptions { Retry = Edits.OneRetry, Journal = journal });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.EditAsync(cancellationToken: stop.Token));

        using var line = JsonDocument.Parse(File.ReadAllLines(folder.File("journal.jsonl"))[^1]);
        Assert.Equal("failed", line.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("LinkFailed", line.RootElement.GetProperty("errorId").GetString());
        Assert.Contains(_server.At("a.png"), line.RootElement.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_images_that_cannot_be_saved_end_a_batch_because_each_is_paid_for()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Image());
        using var caller = Caller(new TokaifyClientOptions
        {
            Retry = Edits.OneRetry with { Batch = new BatchRules { Limit = 1 } },
        });
        caller.Edit = caller.Edit with { Folder = new ImageFolder(Path.Combine(caller.Folder.Path, "gone")) };
        for (var count = 0; count < 3; count++)
        {
            Assert.Null(caller.Client.Pipeline.EndOf(""));
            var error = await caller.FailAsync();
            Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
            Assert.Contains(_server.At("a.png"), error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<AttemptRefusedException>(() => caller.EditAsync());
        Assert.Equal(3, _server.Edits);
    }

    [Fact]
    public async Task If_one_of_several_images_cannot_be_fetched_the_others_are_saved()
    {
        _server.Says($"![1]({_server.At("a")}) ![2]({_server.At("gone")}) ![3]({_server.At("b")})");
        _server.Has("a", LinkServer.Image()).Has("b", LinkServer.Image("grayscale.jpg"));

        var result = await _caller.EditAsync();

        Assert.Equal(2, result.Images.Count);
        Assert.Equal(TokaifyErrorId.LinkFailed, result.Error?.ErrorId);
        Assert.Contains(_server.At("gone"), result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(1, _server.Edits);
    }

    [Fact]
    public async Task If_a_response_has_too_many_links_the_first_images_are_saved_and_an_error_reports_the_rest()
    {
        _server.Says(string.Concat(Enumerable.Range(0, 70).Select(number => $"![a]({_server.At($"{number}")})")));
        for (var number = 0; number < 70; number++)
        {
            _server.Has($"{number}", LinkServer.Image());
        }

        var result = await _caller.EditAsync();

        Assert.Equal(ImageSlots.Limit, result.Images.Count);
        Assert.Contains("more than 64 images", result.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_linked_image_costs_what_an_image_costs()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Image());
        _caller.Edit = _caller.Edit with { Request = _caller.Edit.Request with { Model = "gemini-2.5-flash-image" } };
        Assert.Equal(0.039m, (await _caller.EditAsync()).Cost);

        _server.Has("a.png", ScriptedResponse.Html(404, "Gone."));
        var error = await Assert.ThrowsAsync<TokaifyException>(() => _caller.EditAsync());
        Assert.Equal(0.039m, error.Cost);
    }

    [Fact]
    public async Task A_conversation_continues_with_the_fetched_image()
    {
        var conversation = new Conversation();
        _server.Parts = $$"""{"text":"![image]({{_server.At("a.png")}})","thoughtSignature":"one"},{"fileData":{"fileUri":"{{_server.At("b")}}"},"thoughtSignature":"two"}""";
        _server.Has("a.png", LinkServer.Image()).Has("b", LinkServer.Image("grayscale.jpg"));
        _caller.Edit = _caller.Edit with { Conversation = conversation };

        var result = await _caller.EditAsync();

        var parts = conversation.Messages.Last().Parts;
        Assert.Equal([null, result.Images[0].Path, result.Images[1].Path], parts.Select(part => part.Image?.Path));
        Assert.Equal(["one", null, "two"], parts.Select(part => part.ThoughtSignature is { } signature ? Encoding.UTF8.GetString(signature) : null));
    }

    [Fact]
    public async Task Metadata_is_written_into_it_as_into_any_other()
    {
        _server.Says($"![image]({_server.At("a.png")})").Has("a.png", LinkServer.Image());
        using var caller = Caller(new TokaifyClientOptions { Retry = Edits.OneRetry, EmbedMetadata = true });

        var result = await caller.EditAsync();

        Assert.Contains("Make it evening.", Encoding.Latin1.GetString(File.ReadAllBytes(result.Path!)), StringComparison.Ordinal);
    }

    private ClientCaller Caller(TokaifyClientOptions options) =>
        new(Edits.To(_server.BaseUri), options);

    // A chunked body: its beginning, and then zeros as long as the client reads.
    private static ScriptedResponse Endless(byte[] beginning) => new(
        async (stream, token) =>
        {
            await stream.WriteAsync(ScriptedResponse.Head(200, "Content-Type: image/png", "Transfer-Encoding: chunked"), token);
            var chunk = beginning;
            while (true)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), token);
                await stream.WriteAsync(chunk, token);
                await stream.WriteAsync("\r\n"u8.ToArray(), token);
                chunk = new byte[64 * 1024];
            }
        },
        closesConnection: true);
}
